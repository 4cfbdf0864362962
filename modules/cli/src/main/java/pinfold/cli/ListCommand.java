package pinfold.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ListRequest;

@picocli.CommandLine.Command(name = "list",
    header = "Name the kernel variants or the scenarios that there are.",
    footer = {"", "Examples:", "  pinfold list variants", "  pinfold list scenarios --json"})
final class ListCommand extends Command {
  @Parameters(paramLabel = "WHAT", description = "variants or scenarios.")
  ListRequest.Kind kind;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().list(), new ListRequest(kind, json));
  }
}
