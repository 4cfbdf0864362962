package pinfold.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pinfold.cli.backend.DiffRequest;

@picocli.CommandLine.Command(name = "diff",
    header = "Find the first event at which two kernel variants part.",
    description = "Makes a run under both with the same seed, side by side, and prints the last events that they have in "
        + "common and what each does then. Exit code 0 if they are the same to the end, 1 if they part.",
    footer = {"", "Examples:",
        "  pinfold diff config/scenarios/vm-passthrough.conf \\",
        "      --variants linux-6.10,linux-6.12",
        "  pinfold diff config/scenarios/repeated-access.conf \\",
        "      --variants linux-6.10,linux-6.11 --seed 3 --after 20"})
final class DiffCommand extends Command {
  @Mixin RerunMixin rerun;

  @Option(names = "--variants", paramLabel = "A,B", split = ",", required = true, description = "The two variants.")
  List<String> variants = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "The seed of both. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--before", paramLabel = "N", defaultValue = "10", description = "Events in common to show. Default: ${DEFAULT-VALUE}.")
  int before;

  @Option(names = "--after", paramLabel = "N", defaultValue = "10", description = "Events of each side to show. Default: ${DEFAULT-VALUE}.")
  int after;

  @Override
  public Integer call() throws Exception {
    if (variants.size() != 2 || variants.stream().anyMatch(String::isBlank)) {
      throw wrong("--variants needs two names, as in --variants linux-6.10,linux-6.12");
    }
    return ask(root().backEnds().diff(),
        new DiffRequest(rerun.named, rerun.point(this), variants.get(0), variants.get(1), seed, atLeast(0, before, "--before"),
            atLeast(1, after, "--after"), List.copyOf(rerun.settings), rerun.host, atLeast(0, rerun.threads, "--threads")));
  }
}
