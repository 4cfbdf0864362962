package pinfold.kernel.check;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pinfold.kernel.Machine;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;

/** What all entities of a machine said they hold, by page. */
final class Snapshot implements Holdings {
  private static final BatchKind[] KINDS = BatchKind.values();

  /** A CPU's batches and what is being flushed. */
  record Lot(int cpu, FolioBatches batches, int pendingFlush) {}

  /** A run of an address space that is being unmapped. */
  record Unmapping(int space, int first, int pages) {}

  /** Taken from a free list, perhaps a folio by now. */
  record Block(int pfn, int order, boolean longterm, boolean perhapsFreed) {}

  final PfnCounts entries = new PfnCounts();
  /** Entries of the lru_add batches and those with the NEW tag. */
  final PfnCounts addEntries = new PfnCounts();
  /** Entries of the five batches that move a folio. */
  final PfnCounts moveEntries = new PfnCounts();
  final PfnCounts references = new PfnCounts();
  private final PfnCounts pins = new PfnCounts();
  /** Of calls that succeeded. */
  final PinLedger settledPins = new PinLedger();
  final PfnCounts isolated = new PfnCounts();
  final PfnCounts inMotion = new PfnCounts();
  /** Folios that the swap device writes, or of which it has told. */
  final PfnCounts writebacks = new PfnCounts();
  /** Folios whose PG_lru a flush holds that waits for lru_lock. */
  final PfnCounts lruTaken = new PfnCounts();
  final List<Lot> lots = new ArrayList<>();
  final List<Unmapping> unmappings = new ArrayList<>();
  /** Zones whose pcp lists may hold pages of isolated pageblocks, as they are being emptied. */
  final Set<Integer> isolating = new TreeSet<>();
  final List<Block> freeBlocks = new ArrayList<>();
  final List<Block> allocated = new ArrayList<>();
  private final List<LongList> pinLists = new ArrayList<>();
  private final Map<LongList, Integer> pinsFrom = new IdentityHashMap<>();

  void take(Machine machine) {
    clear();
    settledPins.begin();
    for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
      machine.cpu(cpu).report(this);
    }
    for (int node = 0; node < machine.directory().nodes(); node++) {
      machine.node(node).report(this);
    }
    for (int zone = 0; zone < machine.directory().zones().size(); zone++) {
      machine.zone(zone).report(this);
    }
    for (int file = 0; file < machine.spec().files().size(); file++) {
      machine.file(file).report(this);
    }
    if (machine.swap() != null) {
      machine.swap().report(this);
    }
    addPinLists();
  }

  /** Counts the pins of the lists that were reported, once per list. */
  void addPinLists() {
    for (LongList list : pinLists) {
      if (settledPins.knows(list)) {
        settledPins.report(list, pinsFrom.get(list));
        continue;
      }
      for (int i = pinsFrom.get(list); i < list.size(); i++) {
        pins.add(Pte.pfn(list.get(i)), 1);
      }
    }
    settledPins.end();
  }

  private void clear() {
    for (PfnCounts counts : new PfnCounts[] {entries, addEntries, moveEntries, references, pins, isolated, inMotion, writebacks,
        lruTaken}) {
      counts.clear();
    }
    for (List<?> list : List.of(lots, unmappings, freeBlocks, allocated, pinLists)) {
      list.clear();
    }
    pinsFrom.clear();
    isolating.clear();
  }

  @Override
  public void batches(int cpu, FolioBatches batches, int pendingFlush) {
    lots.add(new Lot(cpu, batches, pendingFlush));
    for (BatchKind kind : KINDS) {
      for (int i = 0; i < batches.count(kind); i++) {
        entry(cpu, kind, kind == BatchKind.MLOCK ? batches.tag(i) : 0, batches.pfn(kind, i));
      }
    }
  }

  @Override
  public void entry(int cpu, BatchKind kind, int tag, int pfn) {
    entries.add(pfn, 1);
    if (kind == BatchKind.LRU_ADD || kind == BatchKind.MLOCK && tag == FolioBatches.TAG_NEW) {
      addEntries.add(pfn, 1);
    } else if (kind != BatchKind.MLOCK) {
      moveEntries.add(pfn, 1);
    }
  }

  @Override
  public void references(int pfn, int count) {
    references.add(pfn, count);
  }

  @Override
  public void pin(int pfn, int count) {
    pins.add(pfn, count);
  }

  @Override
  public void pins(LongList list, int from, boolean settled) {
    if (settled) {
      settledPins.report(list, from);
      return;
    }
    if (!pinsFrom.containsKey(list)) {
      pinLists.add(list);
    }
    pinsFrom.merge(list, from, Math::max);
  }

  @Override
  public void isolated(int pfn) {
    isolated.add(pfn, 1);
  }

  @Override
  public void writeback(int pfn) {
    writebacks.add(pfn, 1);
  }

  @Override
  public void freeBlock(int pfn, int order) {
    freeBlocks.add(new Block(pfn, order, false, false));
  }

  @Override
  public void allocated(int pfn, int order, boolean longterm) {
    allocated.add(new Block(pfn, order, longterm, false));
  }

  @Override
  public void perhapsFreed(int pfn, int order, boolean longterm) {
    allocated.add(new Block(pfn, order, longterm, true));
  }

  @Override
  public void isolating(int zone) {
    isolating.add(zone);
  }

  @Override
  public void lruTaken(int pfn) {
    lruTaken.add(pfn, 1);
  }

  @Override
  public void inMotion(int pfn) {
    inMotion.add(pfn, 1);
  }

  @Override
  public void unmapping(int space, int firstPage, int pages) {
    unmappings.add(new Unmapping(space, firstPage, pages));
  }

  /** Pins that somebody has an account of. */
  int pins(int pfn) {
    return pins.get(pfn) + settledPins.pins(pfn);
  }

  /** Folios, batch entries and blocks that were reported, roughly: what taking it cost. */
  long size() {
    long size = lots.size() + unmappings.size() + freeBlocks.size() + allocated.size();
    for (LongList list : pinLists) {
      size += list.size();
    }
    return size;
  }

  boolean moves(int pfn) {
    return inMotion.get(pfn) != 0;
  }

  /** Who was found to hold a folio, for a message. */
  String holders(FolioTable folios, int pfn) {
    StringBuilder text = new StringBuilder("mapcount ").append(folios.mapcount(pfn));
    if ((folios.flags(pfn) & FolioFlags.ANON) == 0) {
      text.append(", page cache ").append(folios.pages(pfn));
    }
    for (Lot lot : lots) {
      for (BatchKind kind : KINDS) {
        for (int i = 0; i < lot.batches.count(kind); i++) {
          if (lot.batches.pfn(kind, i) == pfn) {
            text.append(", ").append(kind.kernelName()).append(" of CPU ").append(lot.cpu);
          }
        }
      }
    }
    return text.append(", batch entries in all ").append(entries.get(pfn)).append(", isolated lists ").append(isolated.get(pfn))
        .append(", other references ").append(references.get(pfn)).append(", pins ").append(pins(pfn)).toString();
  }
}
