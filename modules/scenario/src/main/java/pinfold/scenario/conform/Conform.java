package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.RecordedScript;

/** Compares recorded scripts with the simulated kernel, field by field, in every order of the drain workers if need be. */
public final class Conform {
  private static final long WAKE_NANOS = 25_000;
  /**
   * Between two drain workers: so long that one is done before the next begins, and so short that the second waits for
   * lru_lock, having taken PG_lru of its first folio already (kernel-model.md 2.2).
   */
  private static final long[] GAPS_NANOS = {200_000, 50, 400};
  /** Stands for the results of all {@code G} operations among the fields of a verdict. */
  private static final String PIN_RESULTS = "G";

  private final KernelVariant variant;
  private final BiFunction<List<Entity>, Long, Host> hosts;
  private final CheckLevel checks;

  public Conform(KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts) {
    this(variant, hosts, CheckLevel.OFF);
  }

  /** @param checks what is verified while scripts run */
  public Conform(KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts, CheckLevel checks) {
    this.checks = checks;
    this.variant = variant;
    this.hosts = hosts;
  }

  /**
   * How a script came out.
   *
   * @param agrees every field is as recorded, in the order of workers named by {@code order}
   * @param actual the fields of the agreeing order, or of the first one tried
   * @param order CPUs in the order in which their drain workers ran
   * @param gapNanos between two of them
   * @param course the operations, each with the pages' state after it
   */
  public record Verdict(RecordedScript script, boolean agrees, Map<String, String> actual, List<Integer> order,
      long gapNanos, List<String> course) {
    /** The fields that differ: name to recorded and simulated value. */
    public Map<String, String[]> differences() {
      Map<String, String[]> differences = new LinkedHashMap<>();
      expected(script).forEach((field, expected) -> {
        if (!expected.equals(actual.get(field))) {
          differences.put(field, new String[] {expected, actual.get(field)});
        }
      });
      return differences;
    }
  }

  /** Every field behind the operations, and the results of the pins among them as one more. */
  private static Map<String, String> expected(RecordedScript script) {
    Map<String, String> expected = new LinkedHashMap<>(script.expected());
    expected.put(PIN_RESULTS,
        script.ops().stream().filter(Op.Pin.class::isInstance).map(op -> ((Op.Pin) op).expectedRc()).toList()
        .toString());
    return expected;
  }

  /** Runs the script in ascending order of the workers, then, until one agrees, in every other order, apart and at once. */
  public Verdict check(RecordedScript script) {
    Verdict first = null;
    for (long gap : GAPS_NANOS) {
      for (List<Integer> order : orders()) {
        Verdict verdict = run(script, order, gap);
        if (verdict.agrees()) {
          return verdict;
        }
        first = first == null ? verdict : first;
      }
    }
    return first;
  }

  Verdict run(RecordedScript script, List<Integer> order, long gapNanos) {
    long[] wake = new long[ScriptRun.CPUS];
    for (int i = 0; i < order.size(); i++) {
      wake[order.get(i)] = WAKE_NANOS + i * gapNanos;
    }
    try (ScriptRun run = new ScriptRun(script, variant, hosts, wake, 512, ScriptRun.RECORDED_MACHINE, checks)) {
      Map<String, String> actual = run.run();
      actual.put(PIN_RESULTS, run.pinResults().toString());
      boolean agrees = expected(script).entrySet().stream()
          .allMatch(field -> field.getValue().equals(actual.get(field.getKey())));
      return new Verdict(script, agrees, actual, order, gapNanos, run.course());
    }
  }

  /** All orders of the CPUs, ascending first. */
  static List<List<Integer>> orders() {
    List<List<Integer>> orders = new ArrayList<>();
    permute(new ArrayList<>(), orders);
    return orders;
  }

  private static void permute(List<Integer> prefix, List<List<Integer>> into) {
    if (prefix.size() == ScriptRun.CPUS) {
      into.add(List.copyOf(prefix));
      return;
    }
    for (int cpu = 0; cpu < ScriptRun.CPUS; cpu++) {
      if (!prefix.contains(cpu)) {
        prefix.add(cpu);
        permute(prefix, into);
        prefix.removeLast();
      }
    }
  }
}
