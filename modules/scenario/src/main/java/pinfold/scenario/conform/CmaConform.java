package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.PageRange;
import pinfold.scenario.recorded.RecordedCmaAllocs.Row;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.RecordedScript.Mapping;

/**
 * Compares recorded runs of cma_alloc() with the simulated kernel, every field: eight pages are brought into the state that the
 * row's scenario names (README.md of the recordings), then CPU 0 asks for the whole area, so that every page in it has to go and
 * there is one place to try.
 */
public final class CmaConform {
  /** Pages of the recorded scenarios. */
  private static final int PAGES = 8;
  private static final int WALK_PAGES = 512;
  private static final long[] WAKE_NANOS = {25_000, 225_000, 425_000, 625_000};
  private static final long MIB = 1L << 20;
  /** 4 CPUs, 2 GiB, 1,200 MiB of it CMA. */
  static final MachineConfig RECORDED_MACHINE = MachineConfig.uniform(1, ScriptRun.CPUS, 2048 * MIB, 1200 * MIB, 0);

  private static final List<String> SCENARIOS = List.of("on_lru", "add_local", "add_remote", "act_local", "act_anon", "act_shm",
      "free_remote", "cold_remote", "mlock_remote", "crosvm", "populate_local", "extra_ref");

  private final BiFunction<List<Entity>, Long, Host> hosts;
  private final CheckLevel checks;

  public CmaConform(BiFunction<List<Entity>, Long, Host> hosts) {
    this(hosts, CheckLevel.OFF);
  }

  /** @param checks what is verified while it runs */
  public CmaConform(BiFunction<List<Entity>, Long, Host> hosts, CheckLevel checks) {
    this.hosts = hosts;
    this.checks = checks;
  }

  /** How a row came out: simulated values by column, those that were recorded and no others. */
  public record Verdict(Row row, Map<String, String> actual) {
    public boolean agrees() {
      return actual.equals(row.fields());
    }

    /** The fields that differ: name to recorded and simulated value. */
    public Map<String, String[]> differences() {
      Map<String, String[]> differences = new LinkedHashMap<>();
      row.fields().forEach((field, expected) -> {
        if (!expected.equals(actual.get(field))) {
          differences.put(field, new String[] {expected, actual.get(field)});
        }
      });
      return differences;
    }
  }

  /**
   * Runs a row's scenario and the allocation.
   *
   * @param file what errors call the file
   * @throws ConfigError if the row has a scenario or a column that is not simulated
   */
  public Verdict check(String file, Row row, KernelVariant variant) {
    Map<String, String> all = fields(script(file, row), row.scenario().equals("extra_ref"), variant);
    Map<String, String> actual = new LinkedHashMap<>();
    for (String column : row.fields().keySet()) {
      if (!all.containsKey(column)) {
        throw new ConfigError(file, 1, "", null, "the column \"" + column + "\" cannot be compared, only "
            + String.join(", ", all.keySet()));
      }
      actual.put(column, all.get(column));
    }
    return new Verdict(row, actual);
  }

  /** Every column after a script's operations and the allocation; {@code held}: somebody holds each page beside its user. */
  Map<String, String> fields(RecordedScript script, boolean held, KernelVariant variant) {
    try (ScriptRun run = new ScriptRun(script, variant, hosts, WAKE_NANOS, WALK_PAGES, RECORDED_MACHINE, checks)) {
      script.ops().forEach(run::step);
      if (held) {
        run.call(0, FolioPrograms.get(pfns(run.machine(), script.pages())));
      }
      Map<String, String> fields = allocate(run, script.pages());
      run.finishChecks();
      return fields;
    }
  }

  private static RecordedScript script(String file, Row row) {
    List<Op> ops = operations(file, row);
    boolean shared = row.scenario().equals("act_shm") || row.scenario().equals("crosvm");
    return new RecordedScript(false, RecordedScript.Format.WIDE, 1, shared ? Mapping.SHARED_MEMFD : Mapping.PRIVATE_ANONYMOUS,
        PAGES, ops, new LinkedHashMap<>());
  }

  /** What the scenario does before the allocation. */
  private static List<Op> operations(String file, Row row) {
    PageRange all = new PageRange(0, PAGES);
    Op faultThere = new Op.FaultAll(1);
    Op drain = new Op.DrainAll();
    Op touchThere = new Op.Touch(1, all);
    return switch (row.scenario()) {
      case "on_lru", "extra_ref" -> List.of(faultThere, drain);
      case "add_local" -> List.of(drain, new Op.FaultAll(0));
      case "add_remote" -> List.of(drain, faultThere);
      case "act_local" -> List.of(faultThere, drain, new Op.Touch(0, all), new Op.Touch(0, all));
      // pread marks each page accessed once, as a touch does.
      case "act_anon", "act_shm" -> List.of(faultThere, drain, touchThere, touchThere);
      case "free_remote" -> List.of(faultThere, drain, new Op.Free(1, all));
      case "cold_remote" -> List.of(faultThere, drain, touchThere, touchThere, drain, new Op.Cold(1, all));
      case "mlock_remote" -> List.of(new Op.MlockOnFault(0, all), drain, faultThere);
      case "crosvm" -> List.of(new Op.MlockOnFault(0, all), drain, faultThere, new Op.FaultElsewhere(1, 40));
      case "populate_local" -> List.of(drain, new Op.Populate(0, all));
      default -> throw new ConfigError(file, row.line(), "", null, "the scenario \"" + row.scenario()
          + "\" is not known, only " + String.join(", ", SCENARIOS));
    };
  }

  private static Map<String, String> allocate(ScriptRun run, int pages) {
    Machine machine = run.machine();
    PfnRange area = machine.directory().zones().getFirst().cmaAreas().getFirst();
    Counters before = machine.counters();
    long result = run.call(0, Programs.cmaAlloc(0, 0, area.pages(), 1));
    Counters change = machine.counters().minus(before);
    int[] pfns = pfns(machine, pages);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("result", Errno.name(result));
    fields.put("present_after", Integer.toString(pfns.length));
    int inCma = 0;
    for (int pfn : pfns) {
      inCma += machine.directory().bornInCma(pfn) ? 1 : 0;
    }
    fields.put("in_cma_after", Integer.toString(inCma));
    fields.put("lru_after", count(machine, pfns, FolioFlags.LRU));
    fields.put("active_after", count(machine, pfns, FolioFlags.ACTIVE));
    fields.put("unevictable_after", count(machine, pfns, FolioFlags.UNEVICTABLE));
    fields.put("pgactivate", Long.toString(change.get(VmCounter.PGACTIVATE)));
    fields.put("pgdeactivate", Long.toString(change.get(VmCounter.PGDEACTIVATE)));
    fields.put("pglazyfreed", Long.toString(change.get(VmCounter.PGLAZYFREED)));
    fields.put("culled", Long.toString(change.get(VmCounter.UNEVICTABLE_PGS_CULLED)));
    fields.put("rescued", Long.toString(change.get(VmCounter.UNEVICTABLE_PGS_RESCUED)));
    return fields;
  }

  /** Page frames of the pages that are present. */
  private static int[] pfns(Machine machine, int pages) {
    List<Integer> pfns = new ArrayList<>();
    for (int page = 0; page < pages; page++) {
      if (Pte.present(machine.space(0).entry(page))) {
        pfns.add(Pte.pfn(machine.space(0).entry(page)));
      }
    }
    return pfns.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String count(Machine machine, int[] pfns, int flag) {
    int count = 0;
    for (int pfn : pfns) {
      count += machine.nodeOf(pfn).folios().has(pfn, flag) ? 1 : 0;
    }
    return Integer.toString(count);
  }
}
