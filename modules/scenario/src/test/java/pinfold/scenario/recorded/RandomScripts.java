package pinfold.scenario.recorded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import pinfold.scenario.recorded.RecordedScript.Format;
import pinfold.scenario.recorded.RecordedScript.Mapping;

/**
 * Random scripts of both formats, with the operations, shares and rules of the recorded ones, so that two
 * implementations can be compared on scripts that nobody recorded. A script depends on its seed alone. Nothing is
 * expected of it, and the results of its pins are 0.
 */
public final class RandomScripts {

  private static final int CPUS = 4;

  private final SplittableRandom random;
  private final int pages;
  private final List<Op> ops = new ArrayList<>();

  private RandomScripts(long seed, int mostPages) {
    this.random = new SplittableRandom(seed);
    this.pages = 1 + random.nextInt(mostPages);
  }

  /**
   * A script as in {@code scripts-*.txt}: 1 to 16 private anonymous pages, up to 10 operations after they have been
   * faulted in.
   */
  public static RecordedScript narrow(long seed) {
    RandomScripts script = new RandomScripts(seed, 16);
    script.ops.add(new Op.FaultAll(script.cpu()));
    if (script.percent(76)) {
      script.ops.add(new Op.DrainAll());
    }
    for (int left = 1 + script.random.nextInt(10); left > 0; left--) {
      script.addNarrow();
    }
    return script.build(Format.NARROW, seed, Mapping.PRIVATE_ANONYMOUS);
  }

  /**
   * A script as in {@code wide-*.txt}: 1 to 24 pages, a third of the mappings shared, a quarter locked on fault from the
   * start.
   */
  public static RecordedScript wide(long seed) {
    RandomScripts script = new RandomScripts(seed, 24);
    Mapping mapping = script.percent(30) ? Mapping.SHARED_MEMFD : Mapping.PRIVATE_ANONYMOUS;
    script.addFirstFaults();
    for (int left = script.random.nextInt(14); left > 0; left--) {
      script.addWide(mapping);
    }
    return script.build(Format.WIDE, seed, mapping);
  }

  private RecordedScript build(Format format, long seed, Mapping mapping) {
    return new RecordedScript(false, format, seed, mapping, pages, ops, new LinkedHashMap<>());
  }

  private void addNarrow() {
    int percent = random.nextInt(100);
    if (percent < 47) {
      ops.add(new Op.Touch(cpu(), range()));
    } else if (percent < 63) {
      ops.add(new Op.Cold(cpu(), range()));
    } else if (percent < 76) {
      ops.add(new Op.DrainCpu(cpu()));
    } else if (percent < 89) {
      ops.add(new Op.Free(cpu(), range()));
    } else {
      ops.add(new Op.Fault(cpu(), range()));
    }
  }

  private void addFirstFaults() {
    PageRange all = new PageRange(0, pages);
    int cpu = cpu();
    boolean locked = percent(24);
    if (locked) {
      ops.add(new Op.MlockOnFault(0, all));
    }
    boolean populate = percent(38);
    if (populate) {
      ops.add(new Op.Populate(cpu, all));
    }
    if (locked || !populate) {
      ops.add(new Op.Fault(cpu, all));
    }
    if (percent(45)) {
      ops.add(new Op.DrainAll());
    }
  }

  private void addWide(Mapping mapping) {
    int percent = random.nextInt(100);
    if (percent < 32) {
      ops.add(new Op.Touch(cpu(), range()));
    } else if (percent < 44) {
      addMunlock(mapping);
    } else if (percent < 54) {
      ops.add(new Op.FaultElsewhere(cpu(), 1 + random.nextInt(40)));
    } else if (percent < 60) {
      ops.add(new Op.Fault(cpu(), range()));
    } else if (percent < 67) {
      ops.add(new Op.DrainCpu(cpu()));
    } else if (percent < 73) {
      ops.add(mapping == Mapping.SHARED_MEMFD ? new Op.Touch(cpu(), range()) : new Op.Free(cpu(), range()));
    } else if (percent < 79) {
      ops.add(new Op.Cold(cpu(), range()));
    } else if (percent < 86) {
      ops.add(new Op.Populate(cpu(), range()));
    } else if (percent < 92) {
      ops.add(new Op.Mlock(cpu(), range()));
    } else if (percent < 94) {
      // The recorded files lock on fault only at the start; their format allows it anywhere.
      ops.add(new Op.MlockOnFault(cpu(), range()));
    } else {
      ops.add(new Op.Pin(cpu(), range(), 0));
    }
  }

  /** In private memory a third of the munlocks go on to drop the pages and to fault them in again. */
  private void addMunlock(Mapping mapping) {
    PageRange range = range();
    int cpu = cpu();
    ops.add(new Op.Munlock(cpu, range));
    if (mapping == Mapping.PRIVATE_ANONYMOUS && percent(36)) {
      ops.add(new Op.DontNeed(cpu, range));
      ops.add(new Op.Fault(cpu(), range));
    }
  }

  private int cpu() {
    return random.nextInt(CPUS);
  }

  private PageRange range() {
    int first = random.nextInt(pages);
    return new PageRange(first, 1 + random.nextInt(pages - first));
  }

  private boolean percent(int share) {
    return random.nextInt(100) < share;
  }
}
