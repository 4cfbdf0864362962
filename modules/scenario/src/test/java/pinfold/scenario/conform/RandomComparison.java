package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.engine.SequentialHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.oracle.NaiveRules;
import pinfold.scenario.oracle.OracleRecorder;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.PageRange;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.Recordings;

/** Runs one random script on the product in several ways, and on the oracle. */
final class RandomComparison {
  private static final long GIB = 1L << 30;
  private static final MachineConfig ONE_NODE = MachineConfig.uniform(1, 4, 2 * GIB, 0, GIB);
  private static final MachineConfig TWO_NODES = MachineConfig.uniform(2, 2, GIB, 0, GIB / 2);
  private static final int WHOLE_CALL = 512;

  private final NaiveRules rules;
  private final KernelVariant variant;
  private final CheckLevel checks;

  RandomComparison(NaiveRules rules, CheckLevel checks) {
    this.checks = checks;
    this.rules = rules;
    this.variant = KernelVariants.of(VariantFile.load(rules.variant, List.of(Recordings.directory().getParent().getParent())));
  }

  /** Fields that differ between the oracle and the product; where drain workers race, from every line that the oracle allows. */
  List<String> differences(RecordedScript script) {
    return differences(script, WHOLE_CALL, ONE_NODE);
  }

  /** The same, one page per walk and burst. */
  List<String> differencesOfSinglePages(RecordedScript script) {
    return differences(script, 1, ONE_NODE);
  }

  /** The same with neighbouring pages on different memory nodes, as long bursts and one by one. */
  List<String> differencesOfTwoNodes(RecordedScript script) {
    RecordedScript alternating = alternating(script);
    List<String> differences = new ArrayList<>(differences(alternating, WHOLE_CALL, TWO_NODES));
    differences.addAll(differences(alternating, 1, TWO_NODES));
    return differences;
  }

  private List<String> differences(RecordedScript script, int maxWalkPages, MachineConfig machine) {
    RecordedScript expected = OracleRecorder.record(script, rules);
    Map<String, String> actual = new LinkedHashMap<>();
    List<Long> pins;
    try (ScriptRun run = new ScriptRun(expected, variant, SequentialHost::new, new long[] {25_000, 225_000, 425_000, 625_000},
        maxWalkPages, machine, checks)) {
      actual.putAll(run.run());
      pins = run.pinResults();
    } catch (AssertionError | RuntimeException broken) {
      return List.of(describe(script, maxWalkPages, machine) + " broke: " + broken);
    }
    RecordedScript product = OracleRecorder.withResults(script, false, pins.stream().map(Long::intValue).toList(),
        new LinkedHashMap<>(actual));
    boolean same = product.expected().equals(expected.expected()) && product.ops().equals(expected.ops());
    if (same || expected.raced() && OracleRecorder.allows(product, rules)) {
      return List.of();
    }
    return List.of(describe(script, maxWalkPages, machine) + "\n oracle  " + expected.toLine() + "\n product "
        + product.toLine());
  }

  private String describe(RecordedScript script, int maxWalkPages, MachineConfig machine) {
    return rules + " " + script.format() + " seed " + script.seed() + ", " + maxWalkPages + " pages a walk, " + machine.name();
  }

  /** The script after its pages have been faulted in by CPUs of both nodes in turn. */
  private static RecordedScript alternating(RecordedScript script) {
    List<Op> ops = new ArrayList<>();
    for (int page = 0; page < script.pages(); page++) {
      ops.add(new Op.Fault(page % 2 * 2 + page / 2 % 2, new PageRange(page, 1)));
    }
    ops.addAll(script.ops());
    return new RecordedScript(script.raced(), script.format(), script.seed(), script.mapping(), script.pages(), ops,
        script.expected());
  }
}
