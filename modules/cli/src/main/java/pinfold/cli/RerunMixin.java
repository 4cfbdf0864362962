package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.HostKind;

/** Which scenario, of a run that is made again, and on what it runs. */
final class RerunMixin {
  @Parameters(paramLabel = "RUN", description = "A scenario file, or the result directory of compare, run or experiment.")
  Path named;

  @Option(names = "--point", paramLabel = "K",
      description = "Of an experiment's directory: the point, counted from 1 in the order of cells.csv.")
  Integer point;

  @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Change a setting of the scenario first; may be repeated.")
  List<String> settings = new ArrayList<>();

  @Option(names = "--host", paramLabel = "HOST", defaultValue = "actors",
      description = "What runs the entities: actors or sequential. The result is the same. Default: ${DEFAULT-VALUE}.")
  HostKind host;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
      description = "Threads of the actor host; 0, the default, takes one per processor.")
  int threads;

  OptionalInt point(Command command) {
    return point == null ? OptionalInt.empty() : OptionalInt.of(command.atLeast(1, point, "--point"));
  }
}
