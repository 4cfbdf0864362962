package pinfold.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pinfold.cli.backend.ExplainRequest;
import pinfold.experiment.explain.Subject;

@picocli.CommandLine.Command(name = "explain",
    header = "Tell the biography of a folio or the course of a pin or of a VM's start.",
    description = "Repeats a run with a trace of what is asked about and prints a timeline: allocations, batch entries and flushes, "
        + "flag changes, references, migration tries, with simulated times, and the switch of the variant that decided. A folio that is "
        + "moved is followed, for which the run is repeated again. docs/explain.md shows one.",
    footer = {"", "Examples:",
        "  pinfold explain config/scenarios/vm-passthrough.conf \\",
        "      --variant linux-6.10 --pin 1",
        "  pinfold explain config/scenarios/vm-passthrough.conf \\",
        "      --variant linux-6.12 --pfn 0x84030 --html folio.html",
        "  pinfold explain results/cma-share --point 3 --variant linux-6.12 \\",
        "      --seed 7 --vm first"})
final class ExplainCommand extends Command {
  @Mixin RerunMixin rerun;

  @Option(names = "--variant", paramLabel = "V", required = true, description = "The kernel variant; see 'pinfold list variants'.")
  String variant;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "The run's seed. Default: ${DEFAULT-VALUE}.")
  long seed;

  @ArgGroup(multiplicity = "1")
  What what;

  /** One of these. */
  static final class What {
    @Option(names = "--pin", paramLabel = "N", required = true,
        description = "The N-th call that pins long-term, a row of pins.csv: its rounds, drains, what moved, who held what did not, and "
            + "the biography of the folio that is to blame.")
    Integer pin;

    @Option(names = "--pfn", paramLabel = "N", required = true, converter = PageFrame.class,
        description = "Every folio that was at this page frame; decimal, or hexadecimal as 0x84030. Of a large folio: its first page.")
    Long pfn;

    @Option(names = "--vm", paramLabel = "NAME", required = true, description = "The start of this VM, and its first pin that failed.")
    String vm;
  }

  @Option(names = "--html", paramLabel = "FILE", description = "Also write it as a page with a sequence chart, one lane per actor.")
  Path html;

  @Option(names = "--all", description = "Print long timelines whole.")
  boolean all;

  @Override
  public Integer call() throws Exception {
    Subject subject = what.pin != null ? new Subject.Pin(atLeast(1, what.pin, "--pin"))
        : what.pfn != null ? new Subject.Pfn(what.pfn) : new Subject.Vm(what.vm);
    return ask(root().backEnds().explain(),
        new ExplainRequest(rerun.named, variant, seed, rerun.point(this), subject, List.copyOf(rerun.settings),
            Optional.ofNullable(html), all, rerun.host, atLeast(0, rerun.threads, "--threads")));
  }
}
