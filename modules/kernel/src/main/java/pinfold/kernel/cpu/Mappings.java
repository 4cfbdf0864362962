package pinfold.kernel.cpu;

import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.RmapSpace.FileView;

/**
 * Where isolated folios can be mapped (rmap_walk(), mm/rmap.c, 6.12): one address space for an anonymous one, for one of a file all that
 * map that page.
 */
final class Mappings {
  private final LongList folio = new LongList();
  private final LongList place = new LongList();

  /** Adds the places of a folio as {@link pinfold.kernel.node.BurstOp#COLLECT} makes it, which has that index in its list. */
  void add(Cpu cpu, long isolated, int index) {
    int handle = MigratePages.handle(isolated);
    int owner = cpu.rmap().owner(handle);
    int page = cpu.rmap().page(handle);
    if (MigratePages.anonymous(isolated)) {
      folio.add(index);
      place.add((long) owner << 32 | page);
      return;
    }
    if (!cpu.rmap().mapsFiles()) {
      return;
    }
    for (FileView view : cpu.rmap().mappers(owner, page)) {
      folio.add(index);
      place.add((long) view.space() << 32 | view.firstPage() + page - view.fileFirstPage());
    }
  }

  static Mappings of(Cpu cpu, LongList folios) {
    Mappings all = new Mappings();
    for (int i = 0; i < folios.size(); i++) {
      all.add(cpu, folios.get(i), i);
    }
    return all;
  }

  int size() {
    return place.size();
  }

  /** Index of the folio. */
  int folio(int mapping) {
    return (int) folio.get(mapping);
  }

  int space(int mapping) {
    return (int) (place.get(mapping) >>> 32);
  }

  int page(int mapping) {
    return (int) place.get(mapping);
  }

  /** Where the run of mappings of one address space ends that begins at an index. */
  int endOfSpace(int from) {
    int end = from + 1;
    while (end < place.size() && space(end) == space(from)) {
      end++;
    }
    return end;
  }

  /** The same, where one that nobody maps ends the run as well. */
  int endOfNeighbours(int from) {
    int end = from + 1;
    while (end < place.size() && space(end) == space(from) && folio(end) <= folio(end - 1) + 1) {
      end++;
    }
    return end;
  }
}
