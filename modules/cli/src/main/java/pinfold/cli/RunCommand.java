package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.RunRequest;
import pinfold.cli.backend.TraceRequest;

@picocli.CommandLine.Command(name = "run",
    header = "Run one scenario under one kernel variant.",
    description = "Prints what compare prints, of one run; --json and --out have its counters and more. A run repeats "
        + "exactly, so "
        + "that one seen in a comparison can be run again with a trace.",
    footer = {"", "Examples:",
        "  pinfold run config/scenarios/vm-passthrough.conf --variant linux-6.12 --seed 2",
        "  pinfold run config/scenarios/vm-passthrough.conf --variant linux-6.10 \\",
        "      --trace mm_lru_insertion,mm_migrate_pages --from 1.5s --to 1.6s",
        "  pinfold run config/scenarios/vm-passthrough.conf --variant linux-6.12 \\",
        "      --cluster 127.0.0.1:7480,127.0.0.1:7481"})
final class RunCommand extends Command {
  @Parameters(paramLabel = "SCENARIO", description = "A scenario file.")
  Path scenario;

  @Option(names = "--variant", paramLabel = "V", required = true,
      description = "The kernel variant; see 'pinfold list variants'.")
  String variant;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Decides every random choice. Default: ${DEFAULT-VALUE}.")
  long seed;

  @ArgGroup(exclusive = false)
  Trace trace;

  @Mixin RunOptionsMixin run;

  /** What to trace; the limits make no sense without the events. */
  static final class Trace {
    @Option(names = "--trace", paramLabel = "EVENT", split = ",", required = true,
        description = "Print these tracepoints as ftrace text instead of results; docs/trace.md names them. Also "
            + "patterns, as mm_lru_* or migrate:*.")
    List<String> events = new ArrayList<>();

    @Option(names = "--from", paramLabel = "T", converter = SimulatedTime.class, defaultValue = "0s",
        description = "Trace from this simulated time on, as 1.5s or 200us.")
    long fromNanos;

    @Option(names = "--to", paramLabel = "T", converter = SimulatedTime.class, description = "Trace until this simulated time.")
    Long toNanos;

    @Option(names = "--pfn", paramLabel = "N", converter = PageFrame.class,
        description = "Trace this page frame only; decimal, or hexadecimal as traces print it, 0x84030.")
    Long pfn;
  }

  @Override
  public Integer call() throws Exception {
    if (trace != null && !run.cluster.cluster.isEmpty()) {
      throw wrong("--trace works in one JVM only: leave out --cluster");
    }
    if (trace != null && run.serve.serve != null) {
      throw wrong("--trace shows nothing while it works: leave out --serve");
    }
    if (trace != null && (run.json || run.out != null)) {
      throw wrong("--trace prints ftrace text and no results: leave out " + (run.json ? "--json" : "--out"));
    }
    return ask(root().backEnds().run(),
        new RunRequest(scenario, variant, seed, Optional.ofNullable(trace).map(this::request), run.toOptions(this)));
  }

  private TraceRequest request(Trace asked) {
    long toNanos = asked.toNanos == null ? Long.MAX_VALUE : asked.toNanos;
    if (toNanos <= asked.fromNanos) {
      throw wrong("--to must be later than --from");
    }
    return new TraceRequest(List.copyOf(asked.events), asked.fromNanos, toNanos,
        asked.pfn == null ? OptionalLong.empty() : OptionalLong.of(asked.pfn));
  }
}
