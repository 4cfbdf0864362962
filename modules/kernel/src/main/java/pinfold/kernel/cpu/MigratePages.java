package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.MigratePasses;

/**
 * migrate_pages() (mm/migrate.c), in MIGRATE_SYNC mode unless async: chunks of up to 512 pages, each as a batch first and then folio by
 * folio, as the variant's passes say. What could be moved leaves the list; returns how many folios are left.
 *
 * <p>An isolated folio is a long as {@link pinfold.kernel.node.BurstOp#COLLECT} makes it: pfn, bit 30 large, bit 31 anonymous,
 * rmap handle in the upper half.
 */
final class MigratePages extends Frame implements HoldsFolios {
  /** NR_MAX_BATCHED_MIGRATION: 2 MiB. */
  private static final int CHUNK_PAGES = 512;
  /** Linux up to v6.2 called passes from the fourth on forced (mm/migrate.c: migrate_pages(), pass > 2). */
  private static final int LATE_FROM = 3;
  /** NR_MAX_MIGRATE_PAGES_RETRY. */
  private static final int ASYNC_PASSES = 10;

  private final LongList folios;
  private final MigrateTarget destination;
  private final boolean async;
  private final PinRecord record;
  private final LongList failed = new LongList();
  private final LongList chunk = new LongList();
  private final LongList alone = new LongList();
  private MigrateBatch batch;
  private int cursor;
  private int retry;
  private int round;
  private boolean outOfMemory;

  /** @param destination what kind of page the folios move to */
  MigratePages(LongList folios, MigrateTarget destination, PinRecord record) {
    this(folios, destination, record, false);
  }

  /** @param async MIGRATE_ASYNC: ten passes over the batch, and nothing alone */
  MigratePages(LongList folios, MigrateTarget destination, PinRecord record, boolean async) {
    this.folios = folios;
    this.destination = destination;
    this.record = record;
    this.async = async;
  }

  /** It gave up because there was no page to move to. */
  boolean outOfMemory() {
    return outOfMemory;
  }

  static int pfn(long folio) {
    return (int) folio & (1 << 30) - 1;
  }

  static boolean large(long folio) {
    return (folio >>> 30 & 1) != 0;
  }

  static boolean anonymous(long folio) {
    return (folio >>> 31 & 1) != 0;
  }

  static int handle(long folio) {
    return (int) (folio >>> 32);
  }

  /** The address space of an anonymous folio, the file of another. */
  static int owner(Cpu cpu, long folio) {
    return cpu.rmap().owner(handle(folio));
  }

  /** The page cache forgets a folio that was dropped, but for the shadow that it leaves; 0 for none. */
  static void removeFromCache(Cpu cpu, long folio, long shadow) {
    cpu.tell(cpu.directory().file(owner(cpu, folio)), Messages.FILE_REMOVE).add(References.place(cpu, folio)).add(shadow).close();
  }

  static int pages(long folio) {
    return large(folio) ? 512 : 1;
  }

  /** Isolated folios of a list, from an index on. */
  static void reportIsolated(LongList isolated, int from, Holdings to) {
    for (int i = from; i < isolated.size(); i++) {
      to.isolated(pfn(isolated.get(i)));
    }
  }

  @Override
  public void report(Holdings to) {
    reportIsolated(folios, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    MigratePasses passes = cpu.variant().migratePasses();
    switch (at) {
      case 0 -> {
        cpu.count(VmCounter.MIGRATE_PAGES_CALLS, 1);
        cpu.trace(TraceEvent.K_MIGRATE_PAGES);
        cpu.trace(TraceEvent.MM_MIGRATE_PAGES_START, 0, reason(), 0, 0);
        cpu.spend(Cost.MIGRATE_CALL);
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        if (cursor == folios.size() || outOfMemory) {
          return done(cpu);
        }
        chunk.clear();
        for (int pages = 0; cursor < folios.size() && pages < CHUNK_PAGES; cursor++) {
          pages += pages(folios.get(cursor));
          chunk.add(folios.get(cursor));
        }
        retry = 0;
        round = 0;
        if (passes.batchPasses() == 0) {
          at = 3;
          return Signal.RUN;
        }
        batch = new MigrateBatch(chunk, destination, async ? ASYNC_PASSES : passes.batchPasses(), false);
        at = 2;
        return cpu.call(batch);
      }
      case 2 -> {
        batch.keepFailed(chunk);
        outOfMemory = batch.outOfMemory();
        if (async) {
          failed.addAll(chunk.words(), 0, chunk.size());
          at = 1;
          return Signal.PREEMPTIBLE;
        }
        at = 3;
        return Signal.RUN;
      }
      case 3 -> {
        if (retry == chunk.size() && ++round < passes.rounds()) {
          retry = 0;
        }
        if (retry == chunk.size() || outOfMemory) {
          failed.addAll(chunk.words(), 0, chunk.size());
          at = 1;
          return Signal.PREEMPTIBLE;
        }
        alone.clear();
        alone.add(chunk.get(retry));
        batch = new MigrateBatch(alone, destination, passes.alonePasses(), passes.batchPasses() + round >= LATE_FROM);
        at = 4;
        return cpu.call(batch);
      }
      default -> {
        outOfMemory = batch.outOfMemory();
        if (batch.movedAll()) {
          chunk.remove(retry);
        } else {
          retry++;
          if (record.blamedPfn < 0 && round == passes.rounds() - 1) {
            record.blamedPfn = pfn(alone.get(0));
            record.blame = batch.blame();
          }
        }
        at = 3;
        return Signal.RUN;
      }
    }
  }

  private int reason() {
    return destination.migrateReason();
  }

  private Signal done(Cpu cpu) {
    for (; cursor < folios.size(); cursor++) {
      failed.add(folios.get(cursor));
    }
    int all = 0;
    int left = 0;
    int allLarge = 0;
    int leftLarge = 0;
    for (int i = 0; i < folios.size(); i++) {
      all += pages(folios.get(i));
      allLarge += large(folios.get(i)) ? 1 : 0;
    }
    for (int i = 0; i < failed.size(); i++) {
      left += pages(failed.get(i));
      leftLarge += large(failed.get(i)) ? 1 : 0;
    }
    cpu.trace(TraceEvent.MM_MIGRATE_PAGES, 0, pair(all - left, left), pair(allLarge - leftLarge, leftLarge), reason());
    cpu.count(VmCounter.PGMIGRATE_SUCCESS, all - left);
    cpu.count(VmCounter.PGMIGRATE_FAIL, left);
    record.migrated += all - left;
    record.failed += left;
    folios.clear();
    folios.addAll(failed.words(), 0, failed.size());
    return cpu.ret(failed.size());
  }
}
