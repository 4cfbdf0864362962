package pinfold.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.BenchRequest;

@picocli.CommandLine.Command(name = "bench",
    header = "Measure how fast this build simulates on this machine.",
    description = "Prints figures, and ratios between them, measured in one run.",
    footer = {"", "Examples:", "  pinfold bench", "  pinfold bench phold --quick"})
final class BenchCommand extends Command {
  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Benchmarks to run; docs/performance.md says what "
      + "each measures. Default: all that take seconds: not large, published, main-job, small-runs, cluster and checkpoint.")
  List<String> names = new ArrayList<>();

  @Option(names = "--quick", description = "Seconds instead of minutes; the figures are then only roughly right.")
  boolean quick;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().bench(), new BenchRequest(List.copyOf(names), quick, json));
  }
}
