package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.CompareRequest;

@picocli.CommandLine.Command(name = "compare",
    header = "Run one scenario under several kernel variants and compare.",
    description = "Runs the scenario once per variant and seed and prints one row per variant, then the story of one "
        + "failure for each variant that failed. The result depends on scenario, variants and seeds alone.",
    footer = {"", "Examples:",
        "  pinfold compare config/scenarios/vm-passthrough.conf",
        "  pinfold compare config/scenarios/vm-passthrough.conf \\",
        "      --variants linux-6.12,linux-6.18 --seeds 10 --out results/drains"})
final class CompareCommand extends Command {
  @Parameters(paramLabel = "SCENARIO", description = "A scenario file; 'pinfold list scenarios' names those that are shipped.")
  Path scenario;

  @Option(names = "--variants", paramLabel = "V", split = ",",
      description = "Variants to compare, separated by commas. Default: those that the scenario names.")
  List<String> variants = new ArrayList<>();

  @Option(names = "--seeds", paramLabel = "N",
      description = "How many seeds to run each variant with, from 1 up. Default: those that the scenario names.")
  Integer seeds;

  @Mixin RunOptionsMixin run;

  @Override
  public Integer call() throws Exception {
    if (variants.stream().anyMatch(String::isBlank)) {
      throw wrong("--variants has an empty name");
    }
    return ask(root().backEnds().compare(),
        new CompareRequest(scenario, List.copyOf(variants), seeds == null ? 0 : atLeast(1, seeds, "--seeds"),
            run.toOptions(this)));
  }
}
