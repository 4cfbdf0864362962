package pinfold.kernel.node;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.Directory;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.ReferenceListener;
import pinfold.kernel.trace.PageFlags;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.FlushOutcome;
import pinfold.kernel.trace.TraceEvent.FlushReason;
import pinfold.kernel.trace.TraceEvent.MigrateObstacle;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.zone.ZoneType;

/** What a memory node traces: looks up what an event shows of a folio. There is none while nothing is traced. */
final class NodeTrace implements ReferenceListener {
  private static final int NONE = -1;

  private final TraceBuffer buffer;
  private final Directory directory;
  private final PageblockTypes blocks;
  private final int firstZoneType;
  private FolioTable folios;
  private int unmappedDestination = NONE;
  /** By CPU: entries of the lru_add batch that a drain is about to flush. */
  private final int[] draining;

  NodeTrace(TraceBuffer buffer, Directory directory, PageblockTypes blocks) {
    this.buffer = buffer;
    this.directory = directory;
    this.blocks = blocks;
    this.draining = new int[directory.cpus()];
    boolean dma = directory.zones().stream().anyMatch(zone -> zone.type() == ZoneType.DMA);
    this.firstZoneType = dma ? 0 : ZoneType.DMA32.ordinal();
  }

  void watch(FolioTable table) {
    folios = table;
  }

  void on(long nowNanos, int cpu, int task) {
    buffer.on(nowNanos, cpu, task);
  }

  /** From here on this migration destination has no page-table entry yet. */
  void beginsUnmapped(int pfn) {
    unmappedDestination = pfn;
  }

  void isMapped() {
    unmappedDestination = NONE;
  }

  void lruInsertion(int pfn) {
    int flags = folios.flags(pfn);
    int cells = PageFlags.cells(flags, pfn != unmappedDestination, folios.mapcount(pfn) > 0);
    buffer.add(TraceEvent.MM_LRU_INSERTION, pfn, pair(LruVec.listFor(flags), cells), 0, 0);
  }

  /** A scan of a list for reclaim, of the zones up to one. */
  void lruIsolate(int requested, int scanned, int skipped, int taken, int highestZone, int list) {
    buffer.add(TraceEvent.MM_VMSCAN_LRU_ISOLATE, 0, pair(requested, scanned), pair(skipped, taken),
        pair(highestZone - firstZoneType, list));
  }

  /** An event without arguments about a folio. */
  void folio(TraceEvent event, int pfn) {
    buffer.add(event, pfn, 0, 0, 0);
  }

  void batchMove() {
    buffer.add(TraceEvent.K_FOLIO_BATCH_MOVE_LRU, 0, 0, 0, 0);
  }

  /** lru_add_drain() called by what a burst does; called by frames, it is traced by their CPU. */
  void localDrain() {
    buffer.add(TraceEvent.K_LRU_ADD_DRAIN, 0, 0, 0, 0);
    buffer.add(TraceEvent.K_LRU_ADD_DRAIN_CPU, 0, 0, 0, 0);
  }

  /** A drain begins that finds so many entries in the CPU's lru_add batch. */
  void drains(int cpu, int lruAddEntries) {
    draining[cpu] = lruAddEntries;
  }

  /** The CPU's lru_add batch was flushed, by a drain or because it was full. */
  void lruAddFlushed(int cpu) {
    if (draining[cpu] > 0) {
      buffer.add(TraceEvent.MM_LRU_ADD_DRAIN, 0, pair(cpu, draining[cpu]), 0, 0);
      draining[cpu] = 0;
    }
  }

  /** The probe reads _mapcount as it is stored: one less than the mappings, and nothing of a PMD's. */
  void isolating(int pfn) {
    if (buffer.wants(TraceEvent.K_FOLIO_ISOLATE_LRU, pfn)) {
      int mapcount = folios.has(pfn, FolioFlags.LARGE) ? -1 : folios.mapcount(pfn) - 1;
      buffer.add(TraceEvent.K_FOLIO_ISOLATE_LRU, pfn, word(pfn), pair(folios.refcount(pfn), mapcount), 0);
    }
  }

  /** An element of a burst begins. */
  void operation(BurstOp op, int pfn) {
    if (op.isOfFolio()) {
      buffer.add(TraceEvent.FOLIO_OPERATION, pfn, op.ordinal(), 0, 0);
    }
  }

  /** A folio, perhaps another node's, entered a batch. */
  void queued(int pfn, BatchKind kind, int tag, int entries, FlushReason flushed) {
    if (buffer.wants(TraceEvent.FOLIO_BATCH_ADD, pfn)) {
      buffer.add(TraceEvent.FOLIO_BATCH_ADD, pfn, pair(kind.ordinal(), tag), pair(entries, flushed.ordinal()), wordIfHere(pfn));
    }
  }

  void flushed(int pfn, BatchKind kind, int tag, FlushOutcome outcome, FlushReason reason, int flags) {
    if (buffer.wants(TraceEvent.FOLIO_BATCH_FLUSH, pfn)) {
      buffer.add(TraceEvent.FOLIO_BATCH_FLUSH, pfn, pair(kind.ordinal(), tag), pair(outcome.ordinal(), reason.ordinal()), word(pfn, flags));
    }
  }

  /** The drain rule was asked, and said this. */
  void decided(int pfn, int expected, int lastQueuedOnCpu, Progress progress, Action action) {
    if (buffer.wants(TraceEvent.GUP_DRAIN_RULE, pfn)) {
      buffer.add(TraceEvent.GUP_DRAIN_RULE, pfn, word(pfn), pair(folios.refcount(pfn), expected),
          pair(lastQueuedOnCpu + 1, progress.ordinal() << 8 | action.ordinal()));
    }
  }

  /**
   * A move was tried that needs a reference count.
   *
   * @param destination 0 where the folio stays
   * @param holder as {@link QueuedFolios#holder}
   */
  void migrateTry(int pfn, int needed, int destination, MigrateObstacle obstacle, boolean late, int holder) {
    buffer.add(TraceEvent.MIGRATE_TRY, pfn, pair(folios.refcount(pfn), needed), destination,
        (long) obstacle.ordinal() << 32 | (late ? 1L << 31 : 0) | holder + 1);
  }

  void migrateDestination(int pfn, int source) {
    buffer.add(TraceEvent.MIGRATE_DESTINATION, pfn, source, 0, 0);
  }

  void freed(int pfn, int order) {
    buffer.add(TraceEvent.MM_PAGE_FREE, pfn, order, 0, 0);
  }

  @Override
  public void created(int pfn, int count) {
    reference(TraceEvent.PAGE_REF_SET, pfn, count);
  }

  @Override
  public void changed(int pfn, int change) {
    reference(change < 0 ? TraceEvent.PAGE_REF_MOD_AND_TEST : TraceEvent.PAGE_REF_MOD, pfn, change);
  }

  private void reference(TraceEvent event, int pfn, int change) {
    if (buffer.wants(event, pfn)) {
      buffer.add(event, pfn, word(pfn), pair(folios.refcount(pfn), folios.mapcount(pfn)), pair(blocks.type(pfn), change));
    }
  }

  @Override
  public void flagged(int pfn, int before) {
    if (buffer.wants(TraceEvent.FOLIO_FLAGS, pfn) && word(pfn, before) != word(pfn)) {
      buffer.add(TraceEvent.FOLIO_FLAGS, pfn, word(pfn, before), word(pfn), 0);
    }
  }

  /** 0 for a folio of another node, whose flags that one has. */
  private long wordIfHere(int pfn) {
    return folios.contains(pfn) && folios.isAllocated(pfn) ? word(pfn) : 0;
  }

  private long word(int pfn) {
    return word(pfn, folios.flags(pfn));
  }

  private long word(int pfn, int flags) {
    int zone = directory.zones().get(directory.zoneOfPfn(pfn)).type().ordinal() - firstZoneType;
    return PageFlags.word(flags, pfn != unmappedDestination, zone, directory.nodeOfPfn(pfn));
  }
}
