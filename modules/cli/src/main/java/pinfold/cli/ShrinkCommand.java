package pinfold.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pinfold.cli.backend.ShrinkRequest;
import pinfold.experiment.explain.Failure;

@picocli.CommandLine.Command(name = "shrink",
    header = "Reduce a run that fails to a smaller one that fails in the same way.",
    description = "Takes away VMs, background tasks, nodes, CPUs, memory and work, one after the other, for as long as the run still fails "
        + "as the first did, and writes what is left as a scenario file, and beside it, where a pin fails and one is found, a litmus test "
        + "that fails so, by the same name but .litmus. Ctrl-C leaves the smallest so far.",
    footer = {"", "Examples:",
        "  pinfold shrink config/scenarios/vm-passthrough.conf \\",
        "      --variant linux-6.10 --fails vm --out small.conf",
        "  pinfold shrink config/scenarios/mglru-swap-stress.conf \\",
        "      --variant linux-6.11 --fails success --out small.conf"})
final class ShrinkCommand extends Command {
  @Mixin RerunMixin rerun;

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

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().shrink(),
        new ShrinkRequest(rerun.named, rerun.point(this), variant, seed, fails, out, List.copyOf(rerun.settings), rerun.host,
            atLeast(0, rerun.threads, "--threads")));
  }
}
