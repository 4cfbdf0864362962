package pinfold.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.Fronts;

/** A run that a cluster knows, and where that cluster is. */
final class RunOnCluster {
  @Parameters(paramLabel = "RUN", description = "Name of the run, as 'pinfold cluster status' and the run directory have it.")
  private String run;

  @Mixin private ClusterOptions cluster;

  /** Its name, checked. */
  String run(Command command) {
    if (!run.matches("[0-9a-f]{16}")) {
      throw command.wrong("RUN = '" + run + "' should be the name of a run, 16 digits as 1d7770635e782b95");
    }
    return run;
  }

  /** The cluster, which has to be named. */
  Fronts fronts(Command command) {
    Fronts fronts = cluster.toFronts(command);
    if (fronts.isEmpty()) {
      throw command.wrong("Missing required option: '--cluster=HOST:PORT'");
    }
    return fronts;
  }
}
