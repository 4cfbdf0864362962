package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ExplainRequest;
import pinfold.cli.backend.HostKind;
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
  @Parameters(paramLabel = "RUN", description = "A scenario file, or the result directory of compare, run or experiment.")
  Path scenario;

  @Option(names = "--variant", paramLabel = "V", required = true, description = "The kernel variant; see 'pinfold list variants'.")
  String variant;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "The run's seed. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--point", paramLabel = "K",
      description = "Of an experiment's directory: the point, counted from 1 in the order of cells.csv.")
  Integer point;

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

  @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Change a setting of the scenario; may be repeated.")
  List<String> settings = new ArrayList<>();

  @Option(names = "--html", paramLabel = "FILE", description = "Also write it as a page with a sequence chart, one lane per actor.")
  Path html;

  @Option(names = "--all", description = "Print long timelines whole.")
  boolean all;

  @Option(names = "--host", paramLabel = "HOST", defaultValue = "actors",
      description = "What runs the entities: actors or sequential. The result is the same. Default: ${DEFAULT-VALUE}.")
  HostKind host;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
      description = "Threads of the actor host; 0, the default, takes one per processor.")
  int threads;

  @Override
  public Integer call() throws Exception {
    Subject subject = what.pin != null ? new Subject.Pin(atLeast(1, what.pin, "--pin"))
        : what.pfn != null ? new Subject.Pfn(what.pfn) : new Subject.Vm(what.vm);
    return ask(root().backEnds().explain(), new ExplainRequest(scenario, variant, seed,
        point == null ? OptionalInt.empty() : OptionalInt.of(atLeast(1, point, "--point")), subject, List.copyOf(settings),
        Optional.ofNullable(html), all, host, atLeast(0, threads, "--threads")));
  }
}
