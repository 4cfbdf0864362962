package pinfold.kernel.check;

import static pinfold.kernel.folio.FolioFlags.LARGE;

import pinfold.kernel.Machine;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.cpu.Cpu;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.folio.FolioTable;

/** Batches and drains (I9, I21, I22). */
final class BatchChecks {
  private static final BatchKind[] KINDS = BatchKind.values();

  private final Machine machine;
  private final Snapshot snapshot;
  private final Report report;
  private final int capacity;
  private long generation;

  BatchChecks(Machine machine, Snapshot snapshot, Report report) {
    this.machine = machine;
    this.snapshot = snapshot;
    this.report = report;
    this.capacity = machine.spec().variant().batchCapacity();
  }

  void check() {
    boolean mustBeEmpty = machine.drain().disabledAndDrained();
    for (Snapshot.Lot lot : snapshot.lots) {
      checkAtRest(machine.cpu(lot.cpu()), lot.batches(), lot.pendingFlush());
      if (mustBeEmpty && !machine.cpu(lot.cpu()).isLent() && !lot.batches().isEmpty()) {
        report.fail("I9", "cpu" + lot.cpu(), -1, lot.batches().total() + " batch entries although lru_cache_disable() is over");
      }
    }
    for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
      checkDrainKnows(machine.cpu(cpu), cpu);
    }
    if (machine.drain().generation() < generation) {
      report.fail("I21", machine.drain().name(), -1, "lru_drain_gen went back from " + generation + " to "
          + machine.drain().generation());
    }
    generation = machine.drain().generation();
  }

  /** A drain of all CPUs finds every batch that is not empty. */
  private void checkDrainKnows(Cpu cpu, int number) {
    if (!cpu.isLent() && machine.drain().knowsOf(number) != !cpu.batches().isEmpty()) {
      report.fail("I22", cpu.name(), -1, cpu.batches().total() + " batch entries, but a drain of all CPUs would "
          + (cpu.batches().isEmpty() ? "disturb it" : "pass it over"));
    }
  }

  private void checkAtRest(Cpu cpu, FolioBatches batches, int pendingFlush) {
    for (BatchKind kind : KINDS) {
      if ((pendingFlush & 1 << kind.ordinal()) != 0) {
        continue;
      }
      if (batches.count(kind) >= capacity) {
        report.fail("I9", cpu.name(), batches.pfn(kind, 0), kind.kernelName() + " holds " + batches.count(kind)
            + " entries at rest, at most "
            + (capacity - 1) + " are right");
      }
      for (int i = 0; i < batches.count(kind); i++) {
        int pfn = batches.pfn(kind, i);
        FolioTable folios = machine.nodeOf(pfn).folios();
        if (folios.isAllocated(pfn) && folios.has(pfn, LARGE)) {
          report.fail("I9", cpu.name(), pfn, kind.kernelName() + " holds a large folio at rest: " + folios.describe(pfn));
        }
      }
    }
  }
}
