package pinfold.cli.backend;

import java.io.IOException;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.RunState;
import pinfold.scenario.ConfigError;

/** {@code checkpoint}: has a run saved, and waits until it is. */
final class CheckpointBackEnd {
  private static final long LOOK_MILLIS = 100;

  private CheckpointBackEnd() {}

  static boolean run(CheckpointRequest request, Session session) throws IOException, InterruptedException {
    try (FrontClient client = request.cluster().client(session)) {
      return run(client, request, session);
    }
  }

  private static boolean run(FrontClient client, CheckpointRequest request, Session session) throws InterruptedException {
    try {
      RunStatus before = client.checkpoint(request.run());
      RunStatus status = before;
      while (!session.cancelled()) {
        if (status.state() == RunState.UNKNOWN) {
          throw new ConfigError("run " + request.run(), 0, "", null, status.message());
        }
        if (status.savedNanos() >= 0 && status.savedNanos() != before.savedNanos()) {
          session.out().println("checkpoint of run " + request.run() + " at " + status.savedNanos() + " ns of simulated time");
          return true;
        }
        if (status.state() == RunState.DONE || status.state() == RunState.FAILED) {
          throw new ConfigError("run " + request.run(), 0, "", null, status.state() == RunState.DONE
              ? "is over, there is nothing left to save: 'pinfold resume' fetches its result" : "has failed: " + status.message());
        }
        Thread.sleep(LOOK_MILLIS);
        status = client.status(request.run());
      }
      return true;
    } catch (IOException e) {
      throw new ConfigError("cluster", 0, "--cluster", request.cluster().text(), e.getMessage());
    }
  }
}
