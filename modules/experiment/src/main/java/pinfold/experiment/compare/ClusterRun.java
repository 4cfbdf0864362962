package pinfold.experiment.compare;

import java.io.IOException;
import java.io.InterruptedIOException;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.front.SilentClusterException;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.scenario.ConfigError;

/** Has one run done by a cluster, and waits for it. */
public final class ClusterRun {
  /** Runs that a member has at the same time, where each stays on one. */
  static final int PER_MEMBER = 2;
  /** A short run is not waited for much longer than it takes. */
  private static final long FIRST_POLL_MILLIS = 10;
  private static final long POLL_MILLIS = 200;
  /** How long nobody may answer before it is given up; a cluster that lost the member with the manager is silent for half a minute. */
  private static final long PATIENCE_NANOS = 180_000_000_000L;

  private ClusterRun() {}

  /**
   * How many runs a cluster has at the same time, where each stays on one member.
   *
   * @throws IOException if nobody answers
   */
  public static int sideBySide(FrontClient client) throws IOException {
    return Math.max(1, client.members()) * PER_MEMBER;
  }

  /**
   * The run's result, null when the listener wanted no more: then the run goes on, and asking for it again finds it.
   *
   * @throws IOException if nobody answers any more, or it is refused
   * @throws ConfigError if the run fails
   */
  public static RunResult run(FrontClient client, RunSpec spec, RunListener listener) throws IOException {
    if (!listener.onProgress(0, 0)) {
      return null;
    }
    long began = System.nanoTime();
    RunStatus status = await(client, spec, listener);
    return status.state() != RunState.DONE ? null
        : ScenarioWorkload.result(spec, patiently(() -> client.result(status.run())), System.nanoTime() - began);
  }

  /**
   * Submits the run and waits until it is over, or the listener wants no more. A manager that is new in its place need not know of a
   * run that was over by then, or of one that was handed in as the last one died; so what it does not know is submitted again, which
   * finds what there is of it.
   */
  private static RunStatus await(FrontClient client, RunSpec spec, RunListener listener) throws IOException {
    RunStatus status = patiently(() -> client.submit(spec));
    int epoch = status.epoch();
    long pause = FIRST_POLL_MILLIS;
    while (status.state() != RunState.DONE) {
      if (status.state() == RunState.FAILED) {
        throw new ConfigError("run " + status.run(), 0, "", null, status.message());
      }
      if (status.epoch() > epoch) {
        epoch = status.epoch();
        listener.beginsAgain(status.message());
      }
      if (status.workDone() >= 0) {
        listener.workDone(status.workDone());
      }
      if (!listener.onProgress(status.nowNanos(), status.rounds())) {
        return status;
      }
      try {
        Thread.sleep(pause);
        pause = Math.min(2 * pause, POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return status;
      }
      boolean unknown = status.state() == RunState.UNKNOWN;
      status = patiently(() -> unknown ? client.submit(spec) : client.status(spec.hash()));
    }
    return status;
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask() throws IOException;
  }

  /** Asks until somebody answers. */
  private static <T> T patiently(Question<T> question) throws IOException {
    long began = System.nanoTime();
    for (;;) {
      try {
        return question.ask();
      } catch (SilentClusterException e) {
        if (System.nanoTime() - began > PATIENCE_NANOS) {
          throw e;
        }
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while nobody answered");
      }
    }
  }
}
