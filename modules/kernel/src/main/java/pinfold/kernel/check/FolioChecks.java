package pinfold.kernel.check;

import static pinfold.kernel.folio.FolioFlags.ACTIVE;
import static pinfold.kernel.folio.FolioFlags.ANON;
import static pinfold.kernel.folio.FolioFlags.DIRTY;
import static pinfold.kernel.folio.FolioFlags.ISOLATED;
import static pinfold.kernel.folio.FolioFlags.LRU;
import static pinfold.kernel.folio.FolioFlags.MLOCKED;
import static pinfold.kernel.folio.FolioFlags.PRIVATE;
import static pinfold.kernel.folio.FolioFlags.SWAPBACKED;
import static pinfold.kernel.folio.FolioFlags.SWAPCACHE;
import static pinfold.kernel.folio.FolioFlags.UNEVICTABLE;
import static pinfold.kernel.folio.FolioFlags.WRITEBACK;

import java.util.Arrays;
import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.RmapSpace.FileView;
import pinfold.kernel.mm.RmapSpace;
import pinfold.kernel.node.MemoryNode;

/**
 * Folio by folio of one node: references, pins, flags (I1, I2, I3, I5 to I8, I10, I12, I13, I18, I19, I23, I26).
 *
 * <p>Exact for every folio that no burst under way works on: such a burst changes counts one after the other, and what it did
 * reaches page tables and its caller later. Flags and batch entries change together and are checked for those folios too, but
 * for I5
 * and I23, which a flush that waits for lru_lock breaks for its first entry.
 */
final class FolioChecks {
  private static final int UNEVICTABLE_LIST = 4;

  private final Machine machine;
  private final Snapshot snapshot;
  private final Report report;
  private final boolean clearLruAtQueue;
  private final ListChecks lists;
  private final PageChecks pageChecks;
  private final long[] pagesByZone;

  private MemoryNode node;
  private FolioTable folios;
  private long pins;
  private long mlocked;
  private long isolatedAnon;
  private long isolatedFile;
  private long folioCount;
  private long swapcached;
  private long writebacks;
  private long dirtyOfFiles;
  /** By lruvec and zone: unevictable pages that are on the LRU. */
  private final long[][] unevictable;

  FolioChecks(Machine machine, Snapshot snapshot, PageChecks pageChecks, Report report) {
    this.machine = machine;
    this.snapshot = snapshot;
    this.report = report;
    this.pageChecks = pageChecks;
    this.clearLruAtQueue = machine.spec().variant().clearLruAtQueue();
    this.lists = new ListChecks(machine.directory(), snapshot, report, clearLruAtQueue);
    this.pagesByZone = new long[machine.directory().zones().size()];
    this.unevictable = new long[1 + machine.spec().reclaim().memcgs()][pagesByZone.length];
  }

  void begin() {
    Arrays.fill(pagesByZone, 0);
  }

  /** Pages of the folios seen since {@link #begin}, by zone. */
  long[] pagesByZone() {
    return pagesByZone;
  }

  /** Checks the node's lists, its folios and its counters of them; returns how many there are. */
  long check(MemoryNode ofNode) {
    node = ofNode;
    folios = node.folios();
    pins = 0;
    mlocked = 0;
    isolatedAnon = 0;
    isolatedFile = 0;
    folioCount = 0;
    swapcached = 0;
    writebacks = 0;
    dirtyOfFiles = 0;
    for (long[] byZone : unevictable) {
      Arrays.fill(byZone, 0);
    }
    lists.check(node);
    folios.forEachAllocated(this::checkFolio);
    Counters counters = node.counters();
    for (int lruvec = 0; lruvec < unevictable.length; lruvec++) {
      lists.checkCounts(node, lruvec, UNEVICTABLE_LIST, unevictable[lruvec]);
    }
    equal("I26", "pins counted (nr_foll_pin_acquired - released)", counters.get(VmCounter.NR_FOLL_PIN_ACQUIRED)
        - counters.get(VmCounter.NR_FOLL_PIN_RELEASED), "pins of folios", pins);
    equal("I19", "nr_mlock", counters.get(VmCounter.NR_MLOCK), "pages with PG_mlocked", mlocked);
    equal("swap", "nr_swapcached", counters.get(VmCounter.NR_SWAPCACHED), "folios in the swap cache", swapcached);
    equal("writeback", "nr_writeback", counters.get(VmCounter.NR_WRITEBACK), "folios with PG_writeback", writebacks);
    equal("dirty", "nr_dirty", counters.get(VmCounter.NR_DIRTY), "dirty pages of files", dirtyOfFiles);
    equal("I12", "nr_isolated_anon", counters.get(VmCounter.NR_ISOLATED_ANON), "isolated pages", isolatedAnon);
    equal("I12", "nr_isolated_file", counters.get(VmCounter.NR_ISOLATED_FILE), "isolated pages", isolatedFile);
    return folioCount;
  }

  private void equal(String invariant, String counter, long counted, String what, long found) {
    if (counted != found) {
      report.fail(invariant, node.name(), -1, counter + " is " + counted + ", but there are " + found + " " + what);
    }
  }

  private void checkFolio(int pfn) {
    int flags = folios.flags(pfn);
    int pages = folios.pages(pfn);
    folioCount++;
    int zone = machine.directory().zoneOfPfn(pfn);
    pagesByZone[zone] += pages;
    pageChecks.checkNotInBuddy(pfn, "a folio");
    pins += folios.pins(pfn);
    boolean onLru = (flags & LRU) != 0 || snapshot.lruTaken.get(pfn) != 0;
    unevictable[node.lruvecOf(pfn)][zone] += (flags & UNEVICTABLE) != 0 && onLru ? pages : 0;
    mlocked += (flags & MLOCKED) != 0 ? pages : 0;
    writebacks += (flags & WRITEBACK) != 0 ? 1 : 0;
    dirtyOfFiles += (flags & (ANON | SWAPBACKED | DIRTY)) == DIRTY ? pages : 0;
    swapcached += (flags & SWAPCACHE) != 0 ? 1 : 0;
    if ((flags & ISOLATED) != 0) {
      if ((flags & SWAPBACKED) != 0) {
        isolatedAnon += pages;
      } else {
        isolatedFile += pages;
      }
    }
    checkOne(pfn, flags, pages, lists.linked.get(pfn) != 0);
  }

  /** One folio alone, its neighbours on the list instead of the whole of it; false when it has to be looked at again later. */
  boolean checkTouched(MemoryNode ofNode, int pfn) {
    node = ofNode;
    folios = node.folios();
    boolean settled = !snapshot.moves(pfn);
    if (!folios.isAllocated(pfn)) {
      if (settled && snapshot.entries.get(pfn) > 0) {
        fail("I13", pfn, "free, but a batch has an entry for it");
      }
      return settled;
    }
    pageChecks.checkNotInBuddy(pfn, "a folio");
    pageChecks.checkSettledPin(pfn);
    checkOne(pfn, folios.flags(pfn), folios.pages(pfn), lists.isLinked(node, pfn));
    return settled;
  }

  private void checkOne(int pfn, int flags, int pages, boolean linked) {
    checkFlags(pfn, flags, linked);
    if (folios.references(pfn) <= 0 && folios.pins(pfn) <= 0) {
      fail("I2", pfn, "allocated without any reference");
    }
    if (!snapshot.moves(pfn)) {
      checkCounts(pfn, flags, pages);
    }
  }

  private void checkFlags(int pfn, int flags, boolean linked) {
    if ((flags & (ACTIVE | UNEVICTABLE)) == (ACTIVE | UNEVICTABLE)) {
      fail("I10", pfn, "PG_active and PG_unevictable are both set");
    }
    if ((flags & (LRU | UNEVICTABLE)) == LRU && !linked) {
      fail("I4", pfn, "has PG_lru, but is on no list");
    }
    if (snapshot.moves(pfn)) {
      return;
    }
    int add = snapshot.addEntries.get(pfn);
    int move = snapshot.moveEntries.get(pfn);
    boolean lru = (flags & LRU) != 0;
    if (add > 1) {
      fail("I8", pfn, add + " entries in lru_add batches or with the NEW tag, at most 1 is right");
    }
    if (add > 0 && (lru || linked)) {
      fail("I6", pfn, "waits for the LRU in a batch and is on it");
    }
    if ((lru || linked) && (flags & ISOLATED) != 0) {
      fail("I4", pfn, "isolated and on the LRU");
    }
    if (clearLruAtQueue && add + move > 1) {
      fail("I7", pfn, add + move + " entries in batches other than mlock, at most 1 is right");
    }
    if (clearLruAtQueue && move > 0 && lru) {
      fail("I5", pfn, "queued in a batch and still has PG_lru");
    }
    if (!lru && add == 0 && (flags & ISOLATED) == 0 && !(clearLruAtQueue && move > 0)) {
      fail("I23", pfn, "PG_lru is clear and nobody holds the folio for that");
    }
  }

  private void checkCounts(int pfn, int flags, int pages) {
    int cache = (flags & ANON) == 0 && node.hasMapping(pfn) ? pages : 0;
    int isolation = (flags & ISOLATED) != 0 ? 1 : 0;
    int expected = folios.mapcount(pfn) + cache + ((flags & SWAPCACHE) != 0 ? pages : 0) + ((flags & PRIVATE) != 0 ? 1 : 0)
        + snapshot.entries.get(pfn) + isolation + snapshot.references.get(pfn);
    if (folios.references(pfn) != expected) {
      fail("I1", pfn, folios.references(pfn) + " references without pins, but the holders account for "
          + expected);
    }
    if (folios.pins(pfn) != snapshot.pins(pfn)) {
      fail(folios.pins(pfn) > snapshot.pins(pfn) ? "I18" : "I3", pfn,
          folios.pins(pfn) + " pins, but the calls under way and the lists of those that succeeded have "
              + snapshot.pins(pfn));
    }
    if (isolation != 0 && snapshot.isolated.get(pfn) == 0) {
      fail("I12", pfn, "isolated, but on nobody's list");
    }
    boolean writes = (flags & WRITEBACK) != 0;
    boolean file = (flags & (ANON | SWAPBACKED)) == 0;
    if (snapshot.writebacks.get(pfn) != (writes ? 1 : 0) || writes && (flags & SWAPCACHE) == 0 && !file) {
      fail("writeback", pfn, "PG_writeback is " + (writes ? "set" : "clear") + ", but the device has " + snapshot.writebacks.get(pfn)
          + " writes of it, and only files and the swap cache are written");
    }
    if ((flags & (ANON | SWAPCACHE)) == SWAPCACHE && node.hasMapping(pfn)) {
      fail("shmem", pfn, "a page of a file, in the page cache and in the swap cache");
    }
    int mapped = mapped(pfn);
    if (mapped != folios.mapcount(pfn) && !unsettled(pfn)) {
      fail("I1", pfn, "mapcount " + folios.mapcount(pfn) + ", but page tables map it " + mapped + " times");
    }
    if (cache > 0) {
      RmapSpace rmap = machine.rmap();
      int handle = folios.handle(pfn);
      FileMapping mapping = machine.file(rmap.owner(handle));
      boolean dirty = file && (flags & DIRTY) != 0;
      if (dirty != mapping.isDirty(rmap.page(handle))) {
        fail("dirty", pfn, "PG_dirty is " + (dirty ? "set" : "clear") + ", but page " + rmap.page(handle) + " of file " + rmap.owner(handle)
            + " is " + (dirty ? "clean" : "dirty") + " in the page cache");
      }
      int there = mapping.pfn(rmap.page(handle));
      if (there != pfn) {
        fail("I1", pfn, "counts a page cache reference, but page " + rmap.page(handle) + " of file " + rmap.owner(handle)
            + " is pfn " + there);
      }
    }
  }

  private interface PlaceTest {
    boolean test(AddressSpace space, int number, int page);
  }

  /** How many of the places where the folio can be mapped pass a test. */
  private int places(int pfn, PlaceTest test) {
    RmapSpace rmap = machine.rmap();
    int owner = rmap.owner(folios.handle(pfn));
    int page = rmap.page(folios.handle(pfn));
    if (folios.has(pfn, ANON)) {
      return test.test(machine.space(owner), owner, page) ? 1 : 0;
    }
    int count = 0;
    List<FileView> mappers = rmap.mappers(owner, page);
    for (FileView view : mappers) {
      count += test.test(machine.space(view.space()), view.space(), view.firstPage() + page - view.fileFirstPage()) ? 1 : 0;
    }
    return count;
  }

  private int mapped(int pfn) {
    return places(pfn, (space, number, page) -> {
      long entry = space.entry(page);
      return Pte.present(entry) && Pte.pfn(entry) == pfn;
    });
  }

  /** Whether a page table is about to follow, or the folio is about to follow its page table. */
  private boolean unsettled(int pfn) {
    return places(pfn, (space, number, page) -> space.isLocked(page) || Pte.migration(space.entry(page))
        || snapshot.unmappings.stream().anyMatch(run -> run.space() == number && page >= run.first() && page < run.first()
        + run.pages())) > 0;
  }

  /** Every entry of the address space must map a folio that knows the place. */
  long checkEntries(AddressSpace space) {
    long[] count = {0};
    space.forEachEntry((page, entry) -> {
      count[0]++;
      if (!Pte.present(entry)) {
        return;
      }
      int pfn = Pte.pfn(entry);
      if (!machine.nodeOf(pfn).folios().isAllocated(pfn)) {
        report.fail("I13", space.name(), pfn, "page " + page + " is mapped to it, but it is free");
      }
    });
    return count[0];
  }

  /** A batch entry must be of a folio. */
  void checkEntryFolios() {
    snapshot.entries.forEach((pfn, count) -> {
      if (!snapshot.moves(pfn) && !machine.nodeOf(pfn).folios().isAllocated(pfn)) {
        report.fail("I13", machine.nodeOf(pfn).name(), pfn, "free, but a batch has an entry for it");
      }
    });
  }

  private void fail(String invariant, int pfn, String what) {
    report.fail(invariant, node.name(), pfn, what + "; " + folios.describe(pfn) + "; holders: " + snapshot.holders(folios, pfn));
  }
}
