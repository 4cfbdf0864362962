package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import pinfold.cli.backend.Logs;
import pinfold.cli.backend.NodeRequest;

@picocli.CommandLine.Command(name = "node",
    header = "Be a member of a cluster that runs scenarios together.",
    description = "Stays until it is told to end (Ctrl-C, SIGTERM): its groups go to the others, it leaves the cluster and ends with 0. "
        + "One that was cut off from the others ends with 1. Events go to standard error, a line each. For a first try on this machine "
        + "see 'pinfold cluster up'.",
    footer = {"", "Examples:",
        "  pinfold node --listen 10.0.0.1:7400 --runs /shared/pinfold",
        "  pinfold node --listen 10.0.0.2:7400 --runs /shared/pinfold \\",
        "      --join 10.0.0.1:7400 --http 10.0.0.2:7480 \\",
        "      --config config/cluster-tls.conf --log-format json",
        "  pinfold node --listen 10.0.0.1:7400 --http 10.0.0.1:7480 \\",
        "      --runs /var/lib/pinfold/runs --copies 1"})
final class NodeCommand extends Command {
  @Option(names = "--listen", paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:7400",
      description = "Where other members reach this one; port 0 takes any. Default: ${DEFAULT-VALUE}.")
  String listen;

  @Option(names = "--join", paramLabel = "HOST:PORT", split = ",",
      description = "Members to join, separated by commas. Default: none, this is the first.")
  List<String> join = new ArrayList<>();

  @Option(names = "--http", paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:7480",
      description = "Where status, metrics and runs are asked for. Where the cluster has TLS (--config) this has it too, and answers "
          + "nobody without a certificate; otherwise it has no access control: keep it where only friends are. "
          + "Default: ${DEFAULT-VALUE}.")
  String http;

  @Option(names = "--runs", paramLabel = "DIR", required = true,
      description = "Directory with what was submitted, checkpoints and results. All members must see the same one, unless there are "
          + "--copies.")
  Path runs;

  @Option(names = "--copies", paramLabel = "N", defaultValue = "0",
      description = "How many other members keep a copy of what this one writes to --runs, which is then its own directory: 1 survives "
          + "the loss of any one member with its disk, 2 of any two. All members must say the same. 0: all see one directory. "
          + "Default: ${DEFAULT-VALUE}.")
  int copies;

  @Option(names = "--checkpoint-every", paramLabel = "SECONDS", defaultValue = "10",
      description = "Time between checkpoints, more where they take long. Default: ${DEFAULT-VALUE}.")
  int checkpointSeconds;

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads for this member's parts of machines. Default: one for each processor.")
  Integer threads;

  @Option(names = "--config", paramLabel = "FILE",
      description = "Settings of the cluster that win over the built-in ones, as those for TLS in config/cluster-tls.conf.")
  Path config;

  @Option(names = "--log-format", paramLabel = "FORMAT", defaultValue = "text",
      description = "How events are written: text, or json, an object per line. Default: ${DEFAULT-VALUE}.")
  Logs.Format logFormat;

  @Override
  public Integer call() throws Exception {
    int threadsOrAll = threads == null ? Runtime.getRuntime().availableProcessors() : atLeast(1, threads, "--threads");
    NodeRequest request = new NodeRequest(address("--listen", listen), List.copyOf(join), address("--http", http), runs,
        atLeast(0, copies, "--copies"), atLeast(1, checkpointSeconds, "--checkpoint-every"), threadsOrAll, Optional.ofNullable(config),
        logFormat);
    return root().backEnds().node().execute(request, root().session()) ? ExitCode.OK : ExitCode.NO; // To be told to end is no cancellation.
  }

  private NodeRequest.Address address(String option, String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port < 65_536) {
        return new NodeRequest.Address(text.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(option + " = '" + text + "' should be HOST:PORT, as 127.0.0.1:7400");
  }
}
