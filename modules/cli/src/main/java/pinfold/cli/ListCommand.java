package pinfold.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ListRequest;

@picocli.CommandLine.Command(name = "list",
    header = "Name the kernel variants, the scenarios or the settings that there are.",
    footer = {"", "Examples:", "  pinfold list variants", "  pinfold list scenarios --json"})
final class ListCommand extends Command {
  @Parameters(paramLabel = "WHAT", description = "variants, scenarios, or settings: every setting of a scenario with "
      + "its default and meaning.")
  ListRequest.Kind kind;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().list(), new ListRequest(kind, json));
  }
}
