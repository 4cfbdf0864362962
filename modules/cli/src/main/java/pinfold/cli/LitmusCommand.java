package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.HostKind;
import pinfold.cli.backend.LitmusRequest;

@picocli.CommandLine.Command(name = "litmus",
    header = "Run litmus tests: a few folios, a few steps, and what must hold.",
    description = "Runs each file against the variants that it names and prints a diff for each miss. Exit code 1 if any missed.",
    footer = {"", "Examples:",
        "  pinfold litmus config/litmus/*.litmus",
        "  pinfold litmus my.litmus --variants linux-6.12,linux-6.18"})
final class LitmusCommand extends Command {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Litmus files.")
  List<Path> files;

  @Option(names = "--variants", paramLabel = "V", split = ",", description = "Run only these variants, separated by commas.")
  List<String> variants = new ArrayList<>();

  @Option(names = "--host", paramLabel = "HOST", defaultValue = "sequential",
      description = "actors or sequential. Default: ${DEFAULT-VALUE}.")
  HostKind host;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().litmus(), new LitmusRequest(List.copyOf(files), List.copyOf(variants), host, json));
  }
}
