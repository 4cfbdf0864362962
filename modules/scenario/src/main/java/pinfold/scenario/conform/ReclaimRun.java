package pinfold.scenario.conform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;

/**
 * Runs one recorded reclaim on a machine like the recorded one, in a memory cgroup: CPU 1 writes to all pages, every CPU
 * drains, CPU 1 touches the first quarter twice, perhaps every CPU drains again, and CPU 3 has half of the pages reclaimed. By then
 * the recording program has a few pages of its own in that cgroup, faulted in by CPU 3 and still in its lru_add batch.
 */
final class ReclaimRun implements AutoCloseable {
  /** Field of {@link #reclaim}: what the write to memory.reclaim returned. */
  static final String RESULT = "rc";

  private static final int MEMCG = 1;
  private static final int SWAP_SLOTS = 1 << 18;
  private static final int SWAPPINESS = 60;
  private static final int FAULTER = 1;
  private static final int RECLAIMER = 3;
  private static final int WALK_PAGES = 512;
  private static final int OWN_PAGES = 64;
  private static final int EARLIER_PAGES = 512;
  private static final long LONG_AGO_NANOS = 2_500_000_000L;

  private final int pages;
  private final int ownFirst;
  private final Machine machine;
  private final Host host;
  private final MachineChecks checks;

  /** @param hosts makes a host from entities and a window length */
  ReclaimRun(KernelVariant variant, boolean mglru, int pages, BiFunction<List<Entity>, Long, Host> hosts, CheckLevel checks,
      TraceRequest trace) {
    this.pages = pages;
    this.ownFirst = pages + 511 & -512;
    int earlierFirst = ownFirst + OWN_PAGES + 511 & -512;
    SpaceSpec space = new SpaceSpec(0, earlierFirst + EARLIER_PAGES, List.of(Vma.anonymous(0, pages, false),
        Vma.anonymous(ownFirst, OWN_PAGES, false), Vma.anonymous(earlierFirst, EARLIER_PAGES, false)), MEMCG);
    this.machine = new Machine(new MachineSpec(ScriptRun.RECORDED_MACHINE, variant, CostModel.defaults(), 1, List.of(space),
        List.of(), mglru, WALK_PAGES, 0, new ReclaimSpec(1, ReclaimSpec.NO_LIMIT, SWAP_SLOTS, SWAPPINESS)), trace);
    this.host = hosts.apply(machine.entities(), ScriptRun.RECORDED_MACHINE.nearLinkNanos());
    this.checks = MachineChecks.of(host, machine, checks);
    call(FAULTER, Programs.write(0, earlierFirst, EARLIER_PAGES));
    drainEverywhere();
    call(RECLAIMER, Programs.memoryReclaim(MEMCG, EARLIER_PAGES / 2));
    call(FAULTER, Programs.madviseDontNeed(0, earlierFirst, EARLIER_PAGES));
    OneTask.run(machine, host, FAULTER, Programs.drainLocal(), LONG_AGO_NANOS);
  }

  /** All before the reclaim; {@code ownPages}: of the recording program. */
  void setUp(boolean leftInBatch, int ownPages) {
    call(FAULTER, Programs.write(0, 0, pages));
    drainEverywhere();
    for (int time = 0; time < 2; time++) {
      call(FAULTER, Programs.touch(0, 0, pages / 4));
    }
    if (!leftInBatch) {
      drainEverywhere();
    }
    if (ownPages > 0) {
      call(RECLAIMER, Programs.write(0, ownFirst, ownPages));
    }
  }

  /** The reclaim; returns the fields of a row. */
  Map<String, Long> reclaim() {
    Counters before = machine.counters();
    long result = call(RECLAIMER, Programs.memoryReclaim(MEMCG, pages / 2));
    Counters change = machine.counters().minus(before);
    checks.finish(host.nowNanos());
    Map<String, Long> fields = new LinkedHashMap<>();
    fields.put(RESULT, result);
    fields.put("pgscan", change.get(VmCounter.PGSCAN_DIRECT));
    fields.put("pgsteal", change.get(VmCounter.PGSTEAL_DIRECT));
    fields.put("present_after", present(pages));
    fields.put("touched_present_after", present(pages / 4));
    return fields;
  }

  private void drainEverywhere() {
    for (int cpu = 0; cpu < ScriptRun.CPUS; cpu++) {
      call(cpu, Programs.drainLocal());
    }
  }

  private long call(int cpu, TaskProgram program) {
    return OneTask.run(machine, host, cpu, program);
  }

  private long present(int count) {
    long present = 0;
    for (int page = 0; page < count; page++) {
      present += Pte.present(machine.space(0).entry(page)) ? 1 : 0;
    }
    return present;
  }

  Machine machine() {
    return machine;
  }

  @Override
  public void close() {
    host.close();
  }
}
