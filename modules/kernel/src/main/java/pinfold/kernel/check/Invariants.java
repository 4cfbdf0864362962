package pinfold.kernel.check;

import pinfold.kernel.Machine;

/**
 * Verifies a machine between two windows against section 8 of kernel-model.md and stops at the first thing that is wrong.
 *
 * <p>Checked: I1 to I19, I21 to I23 and I26, exactly, but for the counts of folios that a burst under way works on
 * ({@link FolioChecks}). I16 is checked of pages that tasks just took, and not of THPs where all types share a pcp list; I17 not
 * where an empty isolation list is success, which breaks it; I18 as: every pin belongs to a call under way or to one that succeeded;
 * I22 as: a drain of all CPUs knows of every CPU with entries.
 *
 * <p>Not here: I20 says what may be, not what must; I24, I25 and I27 are about what operations do, which tests compare with
 * recordings and with another implementation. Lists per zone (part of I11), MGLRU's lists, swap and reclaim are not modelled yet.
 */
public final class Invariants {
  /** Receives what is wrong. */
  @FunctionalInterface
  interface Report {
    void fail(String invariant, String entity, int pfn, String what);
  }

  private final Machine machine;
  private final Snapshot snapshot = new Snapshot();
  private final FolioChecks folios;
  private final PageChecks pages;
  private final BatchChecks batches;
  private final long[] eventsHandled;
  private long nowNanos;
  private long work;

  /** Begins to watch a machine; memory that nobody accounts for now is taken as in use before the start. */
  public Invariants(Machine machine) {
    this.machine = machine;
    this.pages = new PageChecks(machine, snapshot, this::fail);
    this.folios = new FolioChecks(machine, snapshot, pages, this::fail);
    this.batches = new BatchChecks(machine, snapshot, this::fail);
    this.eventsHandled = new long[machine.directory().cpus()];
    snapshot.take(machine);
    checkFolios();
    pages.begin(folios.pagesByZone());
  }

  /** Verifies everything. */
  public void sweep(long atNanos) {
    nowNanos = atNanos;
    snapshot.take(machine);
    checkFolios();
    for (int space = 0; space < machine.spec().spaces().size(); space++) {
      work += folios.checkEntries(machine.space(space));
    }
    folios.checkEntryFolios();
    pages.check(folios.pagesByZone());
    batches.check();
  }

  private void checkFolios() {
    work = 0;
    folios.begin();
    for (int node = 0; node < machine.directory().nodes(); node++) {
      work += folios.check(machine.node(node));
    }
    for (int zone = 0; zone < machine.directory().zones().size(); zone++) {
      work += machine.directory().zones().get(zone).span().pages() >>> 9;
    }
  }

  /** Verifies the batches of the CPUs that handled something since the last call. */
  public void checkTouched(long atNanos) {
    nowNanos = atNanos;
    for (int cpu = 0; cpu < eventsHandled.length; cpu++) {
      long handled = machine.cpu(cpu).eventsHandled();
      if (handled != eventsHandled[cpu]) {
        eventsHandled[cpu] = handled;
        batches.checkQuickly(machine.cpu(cpu));
      }
    }
  }

  /** Folios, page-table entries and pageblocks that the last sweep looked at. */
  public long lastSweepSize() {
    return work;
  }

  private void fail(String invariant, String entity, int pfn, String what) {
    throw new InvariantViolation(invariant, entity, nowNanos, pfn, what);
  }
}
