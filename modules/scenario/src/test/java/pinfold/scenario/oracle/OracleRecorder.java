package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.RecordedScript;

/** Writes down what the oracle does with a script as if it had been recorded. */
public final class OracleRecorder {

  private OracleRecorder() {}

  /**
   * The script with the oracle's fields and results of pins. It is marked as raced if the order of drain workers can
   * matter; then the fields are those of the workers running one after the other, lowest CPU first, and {@link #allows}
   * decides about others.
   */
  public static RecordedScript record(RecordedScript script, NaiveRules rules) {
    OracleRun run = OracleRun.of(script, rules);
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    script.format().fields().forEach(name -> fields.put(name, run.fields().get(name)));
    return withResults(script, !run.options().isEmpty(), run.pinResults(), fields);
  }

  /** The columns of cma-alloc.csv after the script's operations and cma_alloc() of the whole area; null if drain workers race. */
  public static Map<String, String> cmaAlloc(RecordedScript script, NaiveRules rules) {
    return NaiveContig.after(script, rules);
  }

  /** Whether the oracle can give this line, in some order of the drain workers. */
  public static boolean allows(RecordedScript script, NaiveRules rules) {
    return new OracleCheck(script, rules).differences().isEmpty();
  }

  /** The script as if its pins had given these results, and its line these fields. */
  public static RecordedScript withResults(RecordedScript script, boolean raced, List<Integer> pinResults,
      SequencedMap<String, String> fields) {
    List<Op> ops = new ArrayList<>();
    int pins = 0;
    for (Op op : script.ops()) {
      ops.add(op instanceof Op.Pin pin ? new Op.Pin(pin.cpu(), pin.pages(), pinResults.get(pins++)) : op);
    }
    return new RecordedScript(raced, script.format(), script.seed(), script.mapping(), script.pages(), ops, fields);
  }
}
