package pinfold.kernel.check;

import java.util.List;
import java.util.stream.IntStream;
import pinfold.kernel.Machine;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.node.FolioLog;

/**
 * Verifies a machine between two windows against section 8 of kernel-model.md and stops at the first thing that is wrong.
 *
 * <p>Checked: I1 to I19, I21 to I23 and I26, exactly, but for the counts of folios that a burst under way works on
 * ({@link FolioChecks}). I16 is checked of pages that tasks just took, and not of THPs where all types share a pcp list; I17 not
 * where an empty isolation list is success, which breaks it; I18 as: every pin belongs to a call under way or to one that
 * succeeded; I22 as: a drain of all CPUs knows of every CPU with entries. Besides, {@link DrainDecisions}, and that nobody
 * holds an mmap_lock or a page-table lock when nothing is left to do, and {@link ReclaimChecks}.
 *
 * <p>Not here: I20 says what may be, not what must; I24, I25 and I27 are about what operations do, which tests compare with
 * recordings and with another implementation.
 */
public final class Invariants {
  /** Receives what is wrong. */
  @FunctionalInterface
  interface Report {
    void fail(String invariant, String entity, int pfn, String what);
  }

  private static final int HISTORY = 16;

  private final Machine machine;
  private final Snapshot snapshot = new Snapshot();
  private final FolioChecks folios;
  private final PageChecks pages;
  private final BatchChecks batches;
  private final DrainDecisions drains;
  private final ReclaimChecks reclaim;
  private final FolioLog[] logs;
  /** By node: records of its log that were followed. */
  private final long[] followed;
  /** Folios that were in motion when they were looked at. */
  private final LongList again = new LongList();
  private final PfnCounts seen = new PfnCounts();
  private long nowNanos;
  private long sweepSize;
  private long checked;

  /**
   * Begins to watch a machine in which nothing has happened yet; memory that nobody accounts for is taken as in use before the
   * start.
   */
  public Invariants(Machine machine) {
    this.machine = machine;
    this.pages = new PageChecks(machine, snapshot, this::fail);
    this.folios = new FolioChecks(machine, snapshot, pages, this::fail);
    this.batches = new BatchChecks(machine, snapshot, this::fail);
    this.drains = new DrainDecisions(machine, this::fail);
    this.reclaim = new ReclaimChecks(machine, this::fail);
    this.logs = new FolioLog[machine.directory().nodes()];
    this.followed = new long[logs.length];
    for (int node = 0; node < logs.length; node++) {
      logs[node] = machine.node(node).keepLog();
      followed[node] = logs[node].end();
    }
    snapshot.take(machine);
    checkFolios();
    pages.begin(folios.pagesByZone());
  }

  /** Verifies everything; once nothing is left to do, also that every lock was given back. */
  public void sweep(long atNanos) {
    nowNanos = atNanos;
    for (int node = 0; node < logs.length; node++) {
      followed[node] = followDrains(node);
      logs[node].read();
    }
    again.clear();
    snapshot.take(machine);
    checkFolios();
    for (int space = 0; space < machine.spec().spaces().size(); space++) {
      sweepSize += folios.checkEntries(machine.space(space));
    }
    folios.checkEntryFolios();
    pages.check(folios.pagesByZone());
    batches.check();
    checkLocks();
  }

  /** When no message is under way and no task lives, nobody is left to give a lock back. */
  private void checkLocks() {
    boolean quiet = machine.entities().stream().allMatch(entity -> entity.nextNanos() == Long.MAX_VALUE)
        && IntStream.range(0, machine.directory().cpus()).allMatch(cpu -> machine.cpu(cpu).liveTasks().isEmpty());
    if (quiet) {
      reclaim.check();
    }
    for (int number = 0; quiet && number < machine.spec().spaces().size(); number++) {
      AddressSpace space = machine.space(number);
      if (!space.isMmapLockFree()) {
        fail("locks", space.name(), -1, "no task lives, but " + space.waiting());
      }
      if (!space.arePageTablesFree()) {
        fail("locks", space.name(), -1, "no task lives, but page-table locks are held or pages are waited for");
      }
    }
  }

  /** Returns where the node's log ends. */
  private long followDrains(int node) {
    long end = logs[node].end();
    for (long number = followed[node]; number < end; number++) {
      drains.follow(logs[node], number);
    }
    return end;
  }

  private void checkFolios() {
    sweepSize = 0;
    folios.begin();
    for (int node = 0; node < logs.length; node++) {
      sweepSize += folios.check(machine.node(node));
    }
    for (int zone = 0; zone < machine.directory().zones().size(); zone++) {
      sweepSize += machine.directory().zones().get(zone).span().pages() >>> 9;
    }
  }

  /** Things that were done to folios and not looked at yet. */
  long toCheck() {
    long count = 0;
    for (int node = 0; node < logs.length; node++) {
      count += logs[node].end() - followed[node];
    }
    return count;
  }

  /** Verifies the folios to which something was done since the last check, all batches, and what the drain rule decided. */
  public void checkTouched(long atNanos) {
    nowNanos = atNanos;
    snapshot.take(machine);
    checked += snapshot.size();
    seen.clear();
    int old = again.size();
    for (int i = 0; i < old; i++) {
      checkOnce((int) again.get(i));
    }
    again.removeFirst(old);
    for (int node = 0; node < logs.length; node++) {
      long end = followDrains(node);
      for (; followed[node] < end; followed[node]++) {
        checkOnce(logs[node].pfn(followed[node]));
      }
      logs[node].read();
    }
    folios.checkEntryFolios();
    pages.checkTaken();
    batches.check();
  }

  private void checkOnce(int pfn) {
    checked++;
    if (seen.get(pfn) == 0) {
      seen.set(pfn, 1);
      if (!folios.checkTouched(machine.nodeOf(pfn), pfn)) {
        again.add(pfn);
      }
    }
  }

  /** Decisions of the drain rule that were recomputed so far. */
  public long drainDecisions() {
    return drains.decisions();
  }

  /** Folios, page-table entries and pageblocks that the last sweep looked at. */
  public long lastSweepSize() {
    return sweepSize;
  }

  /** Folios and holders that checks other than sweeps have looked at so far. */
  long checked() {
    return checked;
  }

  private void fail(String invariant, String entity, int pfn, String what) {
    List<String> history = pfn < 0 ? List.of() : logs[machine.directory().nodeOfPfn(pfn)].history(pfn, HISTORY);
    throw new InvariantViolation(invariant, entity, nowNanos, pfn, what, history);
  }
}
