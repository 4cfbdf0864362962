package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.RecordedScript.Format;
import pinfold.scenario.recorded.RecordedScript.Mapping;

/**
 * Runs one script on the oracle.
 *
 * @param fields every field a line can have behind its operations, as the recordings print it
 * @param pinResults the results of the {@code G} operations, in order
 * @param options how many outcomes each raced folio of a drain-all had, in order
 */
public record OracleRun(SequencedMap<String, String> fields, List<Integer> pinResults, List<Integer> options) {

  /** Runs a script; every race ends as if the workers had run one after the other, lowest CPU first. */
  public static OracleRun of(RecordedScript script, NaiveRules rules) {
    return of(script, rules, List.of());
  }

  /** Runs a script with the given outcome for each race, in the order in which they come up. */
  public static OracleRun of(RecordedScript script, NaiveRules rules, List<Integer> raceOutcomes) {
    return new Runner(script, rules, raceOutcomes).run();
  }

  static final class Runner {
    private final RecordedScript script;
    final Choices choices;
    final NaiveKernel kernel;
    private final NaiveMemory memory;
    final NaiveMapping mapping;
    private final List<Integer> pinResults = new ArrayList<>();

    Runner(RecordedScript script, NaiveRules rules, List<Integer> raceOutcomes) {
      this.script = script;
      this.choices = new Choices(raceOutcomes);
      this.kernel = new NaiveKernel(rules, choices);
      this.memory = new NaiveMemory(kernel);
      this.mapping = new NaiveMapping(script.mapping() == Mapping.SHARED_MEMFD, script.pages());
    }

    OracleRun run() {
      script.ops().forEach(this::apply);
      SequencedMap<String, String> fields = new LinkedHashMap<>();
      fields.put("mov", count(java.util.Arrays.stream(mapping.pages).filter(page -> page.movable).count()));
      describe(fields, "pre");
      NaiveCounters before = kernel.counters.copy();
      int rc = new NaivePin(kernel, memory, 0, mapping, 0, script.pages()).pin();
      describe(fields, "post");
      fields.put("rc", count(rc));
      fields.put("drain_all", since(before, NaiveCounter.DRAIN_ALL));
      fields.put("lru_add_drain", since(before, NaiveCounter.LOCAL_DRAIN));
      fields.put("mig_ok", since(before, NaiveCounter.PGMIGRATE_SUCCESS));
      fields.put("mig_fail", since(before, NaiveCounter.PGMIGRATE_FAIL));
      fields.put("act", since(before, NaiveCounter.PGACTIVATE));
      fields.put("deact", since(before, NaiveCounter.PGDEACTIVATE));
      fields.put("lazy", "0"); // pglazyfreed counts what reclaim drops; a pin reclaims nothing here
      fields.put("culled", since(before, NaiveCounter.UNEVICTABLE_CULLED));
      fields.put("rescued", since(before, NaiveCounter.UNEVICTABLE_RESCUED));
      fields.put("pinned", since(before, NaiveCounter.FOLL_PIN_ACQUIRED));
      fields.put("unpinned", since(before, NaiveCounter.FOLL_PIN_RELEASED));
      return new OracleRun(fields, List.copyOf(pinResults), choices.options());
    }

    void apply(Op operation) {
      switch (operation) {
        case Op.FaultAll op -> memory.fault(op.cpu(), mapping, 0, script.pages());
        case Op.Fault op -> memory.fault(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.Touch op -> memory.touch(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.Free op -> memory.free(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.Cold op -> memory.cold(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.DrainCpu op -> kernel.drainLocal(op.cpu());
        case Op.DrainAll _ -> {
          for (int cpu = 0; cpu < NaiveKernel.CPUS; cpu++) {
            kernel.drainLocal(cpu);
          }
        }
        case Op.Populate op -> memory.populateWrite(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.Mlock op -> memory.mlock(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.MlockOnFault op -> memory.mlockOnFault(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.Munlock op -> memory.munlock(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.FaultElsewhere op -> memory.fault(op.cpu(), new NaiveMapping(false, op.count()), 0, op.count());
        case Op.DontNeed op -> memory.dontNeed(op.cpu(), mapping, op.pages().first(), op.pages().end());
        case Op.Pin op -> {
          NaivePin pin = new NaivePin(kernel, memory, op.cpu(), mapping, op.pages().first(), op.pages().end());
          int rc = pin.pin();
          if (rc == 0) {
            pin.unpin();
          }
          pinResults.add(rc);
        }
      }
    }

    private void describe(SequencedMap<String, String> fields, String name) {
      int shown = script.format() == Format.WIDE ? 15 : 3;
      StringBuilder digits = new StringBuilder();
      StringBuilder referenced = new StringBuilder();
      for (NaivePage page : mapping.pages) {
        digits.append(Character.forDigit(page.digit() & shown, 16));
        referenced.append(page.flags.referenced() ? '1' : '0');
      }
      fields.put(name, digits.toString());
      fields.put(name + "ref", referenced.toString());
    }

    private String since(NaiveCounters before, NaiveCounter counter) {
      return count(kernel.counters.since(before, counter));
    }

    private static String count(long value) {
      return Long.toString(value);
    }
  }
}
