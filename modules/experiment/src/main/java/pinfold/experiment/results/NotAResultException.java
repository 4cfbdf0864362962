package pinfold.experiment.results;

import java.io.IOException;

/** The place asked for holds something that is not ours to replace. */
public final class NotAResultException extends IOException {
  private static final long serialVersionUID = 1L;

  NotAResultException(String message) {
    super(message);
  }
}
