package pinfold.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.Fronts;
import pinfold.cli.backend.ResumeRequest;

@picocli.CommandLine.Command(name = "resume",
    header = "Go on with a run that a cluster did not end.",
    description = "A cluster on the same run directory takes the run up at its last checkpoint, whether its members or the command that "
        + "submitted it have ended; of one that is over the result is fetched. Prints what run prints.",
    footer = {"", "Examples:", "  pinfold resume 1d7770635e782b95 --cluster 127.0.0.1:7480"})
final class ResumeCommand extends Command {
  @Parameters(paramLabel = "RUN", description = "Name of the run, as 'pinfold cluster status' and the run directory have it.")
  String run;

  @Mixin ClusterOptions cluster;

  @Option(names = "--out", paramLabel = "DIR", description = "Leave the result in this directory (docs/results.md).")
  Path out;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    if (!run.matches("[0-9a-f]{16}")) {
      throw wrong("RUN = '" + run + "' should be the name of a run, 16 digits as 1d7770635e782b95");
    }
    Fronts fronts = cluster.toFronts(this);
    if (fronts.isEmpty()) {
      throw wrong("Missing required option: '--cluster=HOST:PORT'");
    }
    return ask(root().backEnds().resume(), new ResumeRequest(run, fronts, Optional.ofNullable(out), json));
  }
}
