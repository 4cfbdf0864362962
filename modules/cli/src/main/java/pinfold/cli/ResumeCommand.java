package pinfold.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pinfold.cli.backend.ResumeRequest;

@picocli.CommandLine.Command(name = "resume",
    header = "Go on with a run that a cluster did not end.",
    description = "A cluster on the same run directory takes the run up at its last checkpoint, whether its members or the command that "
        + "submitted it have ended; of one that is over the result is fetched. Prints what run prints.",
    footer = {"", "Examples:", "  pinfold resume 1d7770635e782b95 --cluster 127.0.0.1:7480"})
final class ResumeCommand extends Command {
  @Mixin RunOnCluster on;

  @Option(names = "--out", paramLabel = "DIR", description = "Leave the result in this directory (docs/results.md).")
  Path out;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().resume(), new ResumeRequest(on.run(this), on.fronts(this), Optional.ofNullable(out), json));
  }
}
