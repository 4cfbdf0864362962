package pinfold.cli;

import picocli.CommandLine.Mixin;
import pinfold.cli.backend.CheckpointRequest;

@picocli.CommandLine.Command(name = "checkpoint",
    header = "Save a run on a cluster now.",
    description = "Prints the simulated time of the checkpoint when all of it is on disk, while the run goes on. One that is being "
        + "written already counts.",
    footer = {"", "Examples:", "  pinfold checkpoint 1d7770635e782b95 --cluster 127.0.0.1:7480"})
final class CheckpointCommand extends Command {
  @Mixin RunOnCluster on;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().checkpoint(), new CheckpointRequest(on.run(this), on.fronts(this)));
  }
}
