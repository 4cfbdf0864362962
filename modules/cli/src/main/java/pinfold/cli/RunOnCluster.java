package pinfold.cli;

import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run that a cluster knows, and where that cluster is. */
final class RunOnCluster {
  @Parameters(paramLabel = "RUN", description = "Name of the run, as 'pinfold cluster status' and the run directory have it.")
  private String run;

  @Option(names = "--cluster", paramLabel = "HOST:PORT", split = ",", required = true,
      description = "Addresses (http) of one or more members.")
  List<String> cluster;

  /** Its name, checked. */
  String run(Command command) {
    if (!run.matches("[0-9a-f]{16}")) {
      throw command.wrong("RUN = '" + run + "' should be the name of a run, 16 digits as 1d7770635e782b95");
    }
    return run;
  }
}
