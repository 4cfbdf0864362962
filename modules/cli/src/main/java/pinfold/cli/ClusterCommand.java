package pinfold.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ClusterRequest;

@picocli.CommandLine.Command(name = "cluster",
    subcommands = {ClusterCommand.Up.class, ClusterCommand.Down.class, ClusterCommand.Status.class},
    header = "Start and end a cluster on this machine, and watch any.",
    description = "For a first try; on several machines start each member with 'pinfold node'.",
    footer = {"", "Examples:",
        "  pinfold cluster up 3",
        "  pinfold compare config/scenarios/vm-passthrough.conf --seeds 1 \\",
        "      --cluster 127.0.0.1:7480",
        "  pinfold cluster status",
        "  pinfold cluster status --cluster node-0:7480,node-1:7480,node-2:7480",
        "  pinfold cluster down"})
final class ClusterCommand extends Command {
  @Override
  public Integer call() {
    throw wrong("Missing subcommand: up, down or status");
  }

  /** Where the cluster of this machine keeps its things. */
  static final class Place {
    @Option(names = "--dir", paramLabel = "DIR", defaultValue = "${sys:java.io.tmpdir}/pinfold-cluster-${sys:user.name}",
        description = "Directory of the members' logs, runs and process ids. Default: pinfold-cluster-USER in the directory for "
            + "temporary files.")
    Path directory;
  }

  @picocli.CommandLine.Command(name = "up", header = "Start members on this machine.",
      description = "They listen on 127.0.0.1 alone.", footer = {"", "Examples:", "  pinfold cluster up 3"})
  static final class Up extends Command {
    @Parameters(paramLabel = "N", description = "How many members.")
    int members;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "7400",
        description = "The members listen on this port and those after it, their http ports are 80 higher. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(names = "--copies", paramLabel = "N", defaultValue = "0",
        description = "Give each member a run directory of its own, with copies on so many others, as 'pinfold node --copies' has it. "
            + "0: one directory for all. Default: ${DEFAULT-VALUE}.")
    int copies;

    @Option(names = "--checkpoint-every", paramLabel = "SECONDS", defaultValue = "10",
        description = "Time between checkpoints, more where they take long. Default: ${DEFAULT-VALUE}.")
    int checkpointSeconds;

    @picocli.CommandLine.Mixin Place place;

    @Override
    public Integer call() throws Exception {
      if (atLeast(0, copies, "--copies") >= atLeast(1, members, "N")) {
        throw wrong("--copies = " + copies + " needs " + (copies + 1) + " members: each copy is on another one");
      }
      return ask(root().backEnds().cluster(), new ClusterRequest.Up(place.directory, members, port, copies,
          atLeast(1, checkpointSeconds, "--checkpoint-every")));
    }
  }

  @picocli.CommandLine.Command(name = "down", header = "End the members that 'up' started.",
      description = "They leave the cluster first. Ends with 1 if one did not and was killed.",
      footer = {"", "Examples:", "  pinfold cluster down"})
  static final class Down extends Command {
    @picocli.CommandLine.Mixin Place place;

    @Override
    public Integer call() throws Exception {
      return ask(root().backEnds().cluster(), new ClusterRequest.Down(place.directory));
    }
  }

  @picocli.CommandLine.Command(name = "status", header = "Show members and what they are doing.",
      description = {"Members with their heap and the share of time that they collect garbage; runs with what is done of their work, "
          + "speed, bytes and the last checkpoint; and who has which groups. A window here is a round: a piece of simulated time that all "
          + "members run together. Imbalance is the busy time of the busiest part over the mean of all, 1 is even.",
          "All of it is read from the members' metrics (http://HOST:PORT/metrics). Ends with 1 if a member does not answer."},
      footer = {"", "Examples:", "  pinfold cluster status",
          "  pinfold cluster status --cluster node-0:7480,node-1:7480 \\",
          "      --tls config/cluster-tls.conf",
          "  pinfold cluster status --json"})
  static final class Status extends Command {
    @picocli.CommandLine.Mixin Place place;

    @picocli.CommandLine.Mixin ClusterOptions fronts;

    @Option(names = "--json", description = "Print JSON instead of tables.")
    boolean json;

    @Override
    public Integer call() throws Exception {
      return ask(root().backEnds().cluster(), new ClusterRequest.Status(place.directory, fronts.toFronts(this), json));
    }
  }
}
