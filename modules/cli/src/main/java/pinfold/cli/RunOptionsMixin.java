package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pinfold.kernel.check.CheckLevel;
import pinfold.cli.backend.Fronts;
import pinfold.cli.backend.HostKind;
import pinfold.cli.backend.RunOptions;
import pinfold.cli.backend.Spread;

/** Options of the commands that simulate. */
final class RunOptionsMixin {
  @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Change a setting of the scenario; may be repeated. "
      + "'pinfold list settings' has them all.")
  List<String> settings = new ArrayList<>();

  @Option(names = "--host", paramLabel = "HOST", defaultValue = "actors",
      description = "What runs the entities: actors or sequential. The result is the same. Default: ${DEFAULT-VALUE}.")
  HostKind host;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
      description = "Threads of the actor host; 0, the default, takes one per processor. The result is the same.")
  int threads;

  @Option(names = "--check", paramLabel = "full", arity = "0..1", fallbackValue = "touched",
      preprocessor = OptionalValue.class,
      description = "Verify the model's invariants: what each window touched or, with --check=full, everything after "
          + "every window. A violation stops the run.")
  CheckLevel check = CheckLevel.OFF;

  @Option(names = "--out", paramLabel = "DIR",
      description = "Leave the result in this directory (docs/results.md): tables, counters, pins, series, "
          + "distributions, effective "
          + "configuration, manifest. It appears when it is whole; an earlier result there is replaced, anything else refused.")
  Path out;

  @Mixin ClusterOptions cluster;

  @Mixin ServeOption serve;

  @Option(names = "--spread", paramLabel = "WHAT", defaultValue = "machine",
      description = "With --cluster, what is spread over its members: machine, one run after the other with its NUMA nodes on all of "
          + "them, for machines that fit no single one; or runs, several at a time, each on one member, which is much faster where "
          + "it fits. The result is the same. Default: ${DEFAULT-VALUE}.")
  Spread spread;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  RunOptions toOptions(Command command) {
    Fronts fronts = cluster.toFronts(command);
    if (!fronts.isEmpty() && check != CheckLevel.OFF) {
      throw command.wrong("--check works in one JVM only: leave out --cluster");
    }
    return new RunOptions(List.copyOf(settings), host, command.atLeast(0, threads, "--threads"), check,
        Optional.ofNullable(out), fronts, spread, json, serve.toPort(command));
  }
}
