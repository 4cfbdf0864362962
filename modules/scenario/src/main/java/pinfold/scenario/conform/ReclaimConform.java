package pinfold.scenario.conform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.recorded.RecordedReclaim.Case;

/** Compares recorded reclaims with the simulated kernel: each field must lie within what the repeats gave. */
public final class ReclaimConform {
  /** Pages of the recording program itself that reclaim met, as the recorded trace shows them: three lru insertions by its CPU. */
  static final int OWN_PAGES = 3;

  private final BiFunction<List<Entity>, Long, Host> hosts;
  private final CheckLevel checks;

  /** @param hosts makes a host from entities and a window length */
  public ReclaimConform(BiFunction<List<Entity>, Long, Host> hosts, CheckLevel checks) {
    this.hosts = hosts;
    this.checks = checks;
  }

  /**
   * How a case came out.
   *
   * @param simulated by field
   */
  public record Verdict(Case recorded, Map<String, Long> simulated) {
    /** Whether every field is within the recorded spread. */
    public boolean agrees() {
      return differences().isEmpty();
    }

    /** The fields that differ: name to recorded and simulated value. */
    public Map<String, String[]> differences() {
      Map<String, String[]> differences = new LinkedHashMap<>();
      recorded.recorded().forEach((field, spread) -> {
        if (!spread.contains(simulated.get(field))) {
          differences.put(field, new String[] {spread.toString(), simulated.get(field).toString()});
        }
      });
      return differences;
    }
  }

  /** Runs a case. */
  public Verdict check(Case recorded, KernelVariant variant) {
    try (ReclaimRun run = new ReclaimRun(variant, recorded.mglru(), recorded.pages(), hosts, checks, TraceRequest.NOTHING)) {
      run.setUp(recorded.leftInBatch(), OWN_PAGES);
      return new Verdict(recorded, run.reclaim());
    }
  }
}
