package pinfold.experiment.batch;

/** Runs can be done nowhere any more; that is no fault of the run which was to be done next. */
public final class NowhereToRunException extends Exception {
  private static final long serialVersionUID = 1L;

  NowhereToRunException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
