package pinfold.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ListRequest;

@picocli.CommandLine.Command(name = "list",
    header = "Name the kernel variants, scenarios, experiments, settings, measures or costs that there are.",
    footer = {"", "Examples:", "  pinfold list variants", "  pinfold list scenarios --json", "  pinfold list experiment-settings"})
final class ListCommand extends Command {
  @Parameters(paramLabel = "WHAT", description = "variants, scenarios, experiments; settings or experiment-settings: every "
      + "setting of a scenario or an experiment with its default and meaning; measures: what an experiment can measure; or costs: "
      + "the constants of the cost model.")
  ListRequest.Kind kind;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().list(), new ListRequest(kind, json));
  }
}
