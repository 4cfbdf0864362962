package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.HostKind;
import pinfold.cli.backend.ShrinkRequest;
import pinfold.experiment.explain.Failure;

@picocli.CommandLine.Command(name = "shrink",
    header = "Reduce a scenario that fails to a smaller one that fails in the same way.",
    description = "Takes away VMs, background tasks, nodes, CPUs, memory and work, one after the other, for as long as the run still fails "
        + "as the first did, and writes what is left as a scenario file. Ctrl-C leaves the smallest so far.",
    footer = {"", "Examples:",
        "  pinfold shrink config/scenarios/vm-passthrough.conf \\",
        "      --variant linux-6.10 --fails vm --out small.conf",
        "  pinfold shrink config/scenarios/mglru-swap-stress.conf \\",
        "      --variant linux-6.11 --fails success --out small.conf"})
final class ShrinkCommand extends Command {
  @Parameters(paramLabel = "SCENARIO", description = "A scenario file.")
  Path scenario;

  @Option(names = "--variant", paramLabel = "V", required = true, description = "The kernel variant; see 'pinfold list variants'.")
  String variant;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "The seed that fails; reductions are tried with it, then with 1, 2 and 3. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--fails", paramLabel = "WHAT", required = true,
      description = "What the failure is: vm, a VM does not start, with the same error and the same batch to blame; success, the "
          + "scenario's own success is missing; check, an invariant is broken.")
  Failure fails;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The scenario file to write.")
  Path out;

  @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Change a setting of the scenario first; may be repeated.")
  List<String> settings = new ArrayList<>();

  @Option(names = "--host", paramLabel = "HOST", defaultValue = "actors",
      description = "What runs the entities: actors or sequential. The result is the same. Default: ${DEFAULT-VALUE}.")
  HostKind host;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
      description = "Threads of the actor host; 0, the default, takes one per processor.")
  int threads;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().shrink(),
        new ShrinkRequest(scenario, variant, seed, fails, out, List.copyOf(settings), host, atLeast(0, threads, "--threads")));
  }
}
