package pinfold.cli.terminal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a request: the run is told, ends after its current window, and what is finished is written before the JVM
 * goes, which then exits with 130 by itself (143 for SIGTERM). For a command that stays until it is told to end, that is no
 * interruption, and the exit code is its own.
 */
public final class Cancellation {
  /** After this the JVM goes anyway; a result directory that is not whole by then leaves nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile Duration patience = PATIENCE;
  private volatile boolean ordinary;
  private volatile int code;

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

  /** This command's ordinary end is to be told to; it may take so long to do so. */
  public void isTheOrdinaryEnd(Duration within) {
    patience = within;
    ordinary = true;
  }

  /** To be called when the command has written all it will write, with its exit code. */
  public void commandFinished(int exitCode) {
    code = exitCode;
    finished.countDown();
  }

  private void cancelAndWait() {
    request();
    try {
      if (finished.await(patience.toMillis(), TimeUnit.MILLISECONDS) && ordinary) {
        Runtime.getRuntime().halt(code); // Nothing else can give a JVM that a signal ends a code of its own.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
