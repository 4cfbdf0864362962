package pinfold.cli.terminal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a request: the run is told, ends after its current window, and what is finished is written before the JVM
 * goes, which then exits with 130 by itself (143 for SIGTERM).
 */
public final class Cancellation {
  /** After this the JVM goes anyway; a result directory that is not whole by then leaves nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;

  /** Listens for the JVM's shutdown. Once per process. */
  public void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::cancelAndWait, "cancel"));
  }

  /** Whether the end was asked for; never turns false again. */
  public boolean requested() {
    return requested;
  }

  /** Asks for the end. */
  public void request() {
    requested = true;
  }

  /** To be called when the command has written all it will write. */
  public void commandFinished() {
    finished.countDown();
  }

  private void cancelAndWait() {
    request();
    try {
      finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
