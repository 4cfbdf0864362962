package pinfold.cli.backend;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.live.LiveBoard;
import pinfold.experiment.live.LiveExperiment;
import pinfold.experiment.live.LiveServer;
import pinfold.experiment.plan.Plan;
import pinfold.scenario.ConfigError;

/** The page of {@code --serve}, if it was asked for. */
final class LiveView implements AutoCloseable {
  private static final long BETWEEN_NANOS = 250_000_000;

  private final Optional<LiveBoard> board;
  private final Optional<LiveServer> server;

  private LiveView(Optional<LiveBoard> board, Optional<LiveServer> server) {
    this.board = board;
    this.server = server;
  }

  /**
   * @param runs how many there will be, 0 where an experiment says that
   * @throws ConfigError if the port is in use
   */
  static LiveView open(OptionalInt port, String title, int runs, Session session) {
    if (port.isEmpty()) {
      return new LiveView(Optional.empty(), Optional.empty());
    }
    LiveBoard board = new LiveBoard(title, runs, System::nanoTime, BETWEEN_NANOS);
    try {
      LiveServer server = LiveServer.start(board, port.getAsInt());
      session.err().println("pinfold: watch it at " + server.url());
      return new LiveView(Optional.of(board), Optional.of(server));
    } catch (IOException e) {
      throw new ConfigError("live view", 0, "--serve", Integer.toString(port.getAsInt()),
          "cannot be listened on (" + e.getMessage() + "): name another port, or 0 for any that is free");
    }
  }

  /** Shows the runs that these listeners are for, too. */
  Function<String, RunListener> watching(Function<String, ? extends RunListener> listeners) {
    return label -> board.map(shown -> shown.watch(label, listeners.apply(label))).orElseGet(() -> listeners.apply(label));
  }

  /** Shows the experiment that this listener is for, too. */
  ExperimentListener watching(Plan plan, ExperimentListener listener) {
    return board.<ExperimentListener>map(shown -> new LiveExperiment(shown, plan, listener)).orElse(listener);
  }

  @Override
  public void close() {
    server.ifPresent(LiveServer::close);
  }
}
