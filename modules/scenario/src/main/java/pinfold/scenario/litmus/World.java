package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.zone.ZoneType;

/** The machine of a running litmus test, and which folio each name means. */
final class World {
  /** The memory cgroup of a test that has one. */
  static final int MEMCG = 1;

  private static final int NONE = 0;
  private static final int SWAPPINESS = 60;
  private static final long SSD_READ_NANOS = 80_000;
  private static final long SSD_WRITE_NANOS = 30_000;
  private static final int SSD_CHANNELS = 8;
  private static final int SSD_QUEUE = 256;

  private final Litmus litmus;
  private final AddressLayout layout;
  private final Machine machine;
  private final LruEvents events;
  private final Map<NamedPages, Integer> files = new LinkedHashMap<>();
  private final Map<Integer, String> names = new LinkedHashMap<>();
  private final Map<Integer, String> formerNames = new LinkedHashMap<>();
  private final Map<String, Integer> formerPfns = new LinkedHashMap<>();
  private final Map<NamedPages, int[]> current = new LinkedHashMap<>();
  private final Map<NamedPages, int[]> atMark = new LinkedHashMap<>();
  private int elsewhereUsed;

  World(Litmus litmus, KernelVariant variant, long seed, int maxWalkPages) {
    this.litmus = litmus;
    this.layout = new AddressLayout(litmus.pages());
    List<Vma> vmas = new ArrayList<>();
    List<FileSpec> fileSpecs = new ArrayList<>();
    for (NamedPages pages : litmus.pages()) {
      current.put(pages, new int[pages.count()]);
      if (pages.backing().inFile()) {
        files.put(pages, fileSpecs.size());
        fileSpecs.add(new FileSpec(0, pages.count(), pages.backing().shmem() && litmus.reclaim().swapPages() > 0 ? MEMCG : 0));
      }
      FolioRange all = all(pages);
      switch (pages.backing()) {
        case ANON, THP ->
            vmas.add(Vma.anonymous(layout.pageOf(all), layout.pages(all), pages.backing() == NamedPages.Backing.THP));
        case MEMFD -> vmas.add(Vma.shared(layout.pageOf(all), layout.pages(all), files.get(pages), 0));
        case FILE, TMPFS -> {}
      }
    }
    int elsewhere = elsewherePages();
    int end = layout.alignedEnd();
    if (elsewhere > 0) {
      vmas.add(Vma.anonymous(end, elsewhere, false));
    }
    int swapPages = litmus.reclaim().swapPages();
    SpaceSpec space = new SpaceSpec(0, end + elsewhere, vmas, swapPages > 0 ? MEMCG : 0);
    SwapSpec swap = litmus.reclaim().ssd() ? new SwapSpec(SwapSpec.Kind.SSD, swapPages, SSD_READ_NANOS, SSD_WRITE_NANOS, SSD_CHANNELS,
        SSD_QUEUE, List.of()) : SwapSpec.zram(swapPages);
    List<Long> limits = swapPages > 0 ? List.of(litmus.reclaim().limitPages()) : List.of();
    ReclaimSpec reclaim = new ReclaimSpec(limits, swap, SWAPPINESS, litmus.reclaim().ofNodes()).with(litmus.reclaim().compaction());
    this.machine = new Machine(new MachineSpec(litmus.machine().config(), variant, CostModel.defaults(), seed, List.of(space),
        fileSpecs, litmus.reclaim().mglru(), maxWalkPages, 0, reclaim), LruEvents.REQUEST);
    this.events = new LruEvents(machine.tracing());
  }

  static FolioRange all(NamedPages pages) {
    return new FolioRange(pages, 0, pages.count(), false);
  }

  private int elsewherePages() {
    int pages = 0;
    for (Line line : litmus.lines()) {
      List<Line.Step> steps = switch (line) {
        case Line.Step step -> List.of(step);
        case Line.Together together -> together.steps();
        default -> List.of();
      };
      for (Line.Step step : steps) {
        int turns = step.cpu() == Line.Step.EVERY_CPU ? litmus.machine().cpus() : 1;
        pages += step.action() instanceof Action.WriteElsewhere elsewhere ? elsewhere.pages() * turns : 0;
      }
    }
    return pages;
  }

  Machine machine() {
    return machine;
  }

  LruEvents events() {
    return events;
  }

  int pageOf(FolioRange range) {
    return layout.pageOf(range);
  }

  int pages(FolioRange range) {
    return layout.pages(range);
  }

  int fileOf(NamedPages pages) {
    return files.get(pages);
  }

  /** First of so many pages that nothing has touched. */
  int takeElsewhere(int pages) {
    int first = layout.alignedEnd() + elsewhereUsed;
    elsewhereUsed += pages;
    return first;
  }

  /** Looks up again which folio each name means. */
  void refresh() {
    names.clear();
    for (NamedPages pages : litmus.pages()) {
      int[] pfns = current.get(pages);
      for (int i = 0; i < pfns.length; i++) {
        int now = lookUp(pages, i);
        if (pfns[i] != NONE && pfns[i] != now) {
          formerNames.put(pfns[i], pages.nameOf(i) + "'");
          formerPfns.put(pages.nameOf(i), pfns[i]);
        }
        pfns[i] = now;
        if (now != NONE) {
          names.put(now, pages.nameOf(i));
        }
      }
    }
  }

  /** Remembers what the names mean now. */
  void mark() {
    current.forEach((pages, pfns) -> atMark.put(pages, pfns.clone()));
    events.forget();
  }

  private int lookUp(NamedPages pages, int folio) {
    if (mapped(pages, folio)) {
      return Pte.pfn(entry(pages, folio));
    }
    return pages.backing().inFile() ? machine.file(files.get(pages)).pfn(folio) : NONE;
  }

  private long entry(NamedPages pages, int folio) {
    return machine.space(0).entry(layout.pageOf(new FolioRange(pages, folio, 1, false)));
  }

  private boolean mapped(NamedPages pages, int folio) {
    return pages.backing().mapped() && Pte.present(entry(pages, folio));
  }

  /** Pfn of folio {@code i} of a range, 0 when there is none. */
  int pfn(FolioRange range, int i) {
    int folio = range.first() + i;
    return range.former() ? formerPfns.getOrDefault(range.pages().nameOf(folio), NONE) : current.get(range.pages())[folio];
  }

  /** How a file would call the folio. */
  String nameOf(int pfn) {
    String name = names.get(pfn);
    return name != null ? name : formerNames.getOrDefault(pfn, "?");
  }

  /** Whether the folio has this property at all: only those that are there have any but those of page tables. */
  boolean known(FolioRange range, int i, FolioProperty property) {
    int pfn = pfn(range, i);
    boolean ofPageTable = property == FolioProperty.PRESENT || property == FolioProperty.SWAPPED;
    return ofPageTable || pfn != NONE && machine.nodeOf(pfn).folios().isAllocated(pfn);
  }

  /** A property of folio {@code i} of a range. */
  long value(FolioRange range, int i, FolioProperty property) {
    int pfn = pfn(range, i);
    if (property == FolioProperty.PRESENT) {
      return !range.former() && (!range.pages().backing().mapped() ? pfn != NONE : mapped(range.pages(), range.first() + i)) ? 1 : 0;
    }
    if (property == FolioProperty.SWAPPED && range.pages().backing().inFile()) {
      return machine.file(fileOf(range.pages())).slot(range.first() + i) >= 0 ? 1 : 0;
    }
    if (property == FolioProperty.SWAPPED) {
      return range.pages().backing().mapped() && Pte.swap(entry(range.pages(), range.first() + i)) ? 1 : 0;
    }
    FolioTable folios = machine.nodeOf(pfn).folios();
    if (property.flag() != 0) {
      return folios.has(pfn, property.flag()) ? 1 : 0;
    }
    boolean pinnable = machine.nodeOf(pfn).longtermPinnable(pfn);
    return switch (property) {
      case REFCOUNT -> folios.refcount(pfn);
      case MAPCOUNT -> folios.mapcount(pfn);
      case PINS -> folios.pins(pfn);
      case MLOCK_COUNT -> list(folios, pfn) == 5 ? folios.newer(pfn) : 0;
      case ENTRIES -> entries(pfn);
      case LIST -> list(folios, pfn);
      case FROM_HEAD -> chain(folios, pfn, true);
      case FROM_TAIL -> chain(folios, pfn, false);
      case PLACE -> pinnable ? 0 : zoneType(pfn) == ZoneType.MOVABLE ? 2 : 1;
      case NODE -> machine.directory().nodeOfPfn(pfn);
      case MOVED -> atMark.get(range.pages())[range.first() + i] != pfn ? 1 : 0;
      case TRAPPED -> folios.pins(pfn) > 0 && !pinnable ? 1 : 0;
      default -> throw new IllegalArgumentException(property.word());
    };
  }

  /** Index of the zone that has a node's CMA area. */
  int cmaZone(int node) {
    List<ZoneConfig> zones = machine.directory().zones();
    for (int zone = 0; zone < zones.size(); zone++) {
      if (machine.directory().nodeOfZone(zone) == node && zones.get(zone).cmaPages() > 0) {
        return zone;
      }
    }
    throw new IllegalStateException("node " + node + " has no CMA");
  }

  /** Pages in the buddies of a node, without per-CPU lists. */
  long freePages(int node) {
    long free = 0;
    for (int zone : machine.directory().zonesOfNode(node)) {
      free += machine.zone(zone).buddy().freePages();
    }
    return free;
  }

  /** Index into {@link Check.Kswapd#STATES} of what a node's kswapd does. */
  long kswapd(int node) {
    return machine.reclaim(node).failures() >= Reclaim.MAX_RECLAIM_RETRIES ? 1 : machine.reclaim(node).runs() ? 2 : 0;
  }

  private ZoneType zoneType(int pfn) {
    return machine.directory().zones().get(machine.directory().zoneOfPfn(pfn)).type();
  }

  private int entries(int pfn) {
    int entries = 0;
    for (int cpu = 0; cpu < litmus.machine().cpus(); cpu++) {
      entries += machine.cpu(cpu).batches().holds(pfn);
    }
    return entries;
  }

  /** Index into the names of {@link FolioProperty#LIST}. */
  private static int list(FolioTable folios, int pfn) {
    if (!folios.has(pfn, FolioFlags.LRU)) {
      return 0;
    }
    if (folios.has(pfn, FolioFlags.UNEVICTABLE)) {
      return 5;
    }
    return (folios.has(pfn, FolioFlags.SWAPBACKED) ? 1 : 3) + (folios.has(pfn, FolioFlags.ACTIVE) ? 1 : 0);
  }

  /** Folios between this one and an end of its list; -1 on none and on the unevictable one, which is not a chain. */
  private static long chain(FolioTable folios, int pfn, boolean towardsHead) {
    if (list(folios, pfn) == 0 || list(folios, pfn) == 5) {
      return -1;
    }
    long steps = -1;
    for (int at = pfn; at >= 0; at = towardsHead ? folios.newer(at) : folios.older(at)) {
      steps++;
    }
    return steps;
  }

  /** What a batch holds, by name, oldest entry first. */
  List<String> batch(int cpu, BatchKind kind) {
    return namesOf(machine.cpu(cpu).batches().entries(kind));
  }

  List<String> namesOf(int[] pfns) {
    List<String> found = new ArrayList<>();
    for (int pfn : pfns) {
      found.add(nameOf(pfn));
    }
    return found;
  }

  /** All there is to know about folio {@code i} of a range, for reports. */
  String describe(FolioRange range, int i) {
    int pfn = pfn(range, i);
    if (!known(range, i, FolioProperty.LRU)) {
      return range.nameOf(i) + " is not there";
    }
    FolioTable folios = machine.nodeOf(pfn).folios();
    StringBuilder text = new StringBuilder(range.nameOf(i)).append(": ")
        .append(FolioFlags.text(folios.flags(pfn) & ~FolioFlags.ALLOCATED))
        .append(", refcount ").append(folios.refcount(pfn)).append(", mapcount ").append(folios.mapcount(pfn));
    for (int cpu = 0; cpu < litmus.machine().cpus(); cpu++) {
      for (BatchKind kind : BatchKind.values()) {
        int copies = 0;
        for (int entry : machine.cpu(cpu).batches().entries(kind)) {
          copies += entry == pfn ? 1 : 0;
        }
        if (copies > 0) {
          text.append(", cpu ").append(cpu).append(' ').append(CheckParser.batchName(kind));
          text.append(copies > 1 ? " x" + copies : "");
        }
      }
    }
    return text.toString();
  }
}
