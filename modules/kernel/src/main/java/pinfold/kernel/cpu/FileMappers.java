package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.RmapSpace.FileView;

/** Where folios of files are mapped, for reclaim: a walk over address spaces, each asked at once for a run of folios. */
final class FileMappers {
  private final LongList folios;
  /** Index of a folio &lt;&lt; 32 | page, and the address space. */
  private final LongList places = new LongList();
  private final LongList spaces = new LongList();
  private int cursor;
  private int end;

  FileMappers(LongList folios) {
    this.folios = folios;
  }

  /** Adds the places of a folio, if it is of a file. */
  void add(Cpu cpu, int i) {
    if (!cpu.rmap().mapsFiles() || MigratePages.anonymous(folios.get(i))) {
      return;
    }
    int page = cpu.rmap().page(MigratePages.handle(folios.get(i)));
    for (FileView view : cpu.rmap().mappers(MigratePages.owner(cpu, folios.get(i)), page)) {
      places.add((long) i << 32 | view.firstPage() + page - view.fileFirstPage());
      spaces.add(view.space());
    }
  }

  /** Asks the next address space about its run of places; false if none is left. */
  boolean ask(Cpu cpu, int kind, boolean withSlot) {
    cursor = end;
    if (cursor == places.size()) {
      return false;
    }
    EventBatch out = cpu.request(cpu.directory().space((int) spaces.get(cursor)), kind);
    for (; end < places.size() && spaces.get(end) == spaces.get(cursor); end++) {
      out.add(places.get(end) << 32 | MigratePages.pfn(folios.get(folio(end))));
      if (withSlot) {
        // Nothing takes the place of the entry: the file knows where the page is.
        out.add(-1);
      }
    }
    out.close();
    return true;
  }

  /** Answers of the address space that was asked. */
  int answers() {
    return end - cursor;
  }

  /** Index of the folio that such an answer is about. */
  int folioOf(int answer) {
    return folio(cursor + answer);
  }

  private int folio(int place) {
    return (int) (places.get(place) >>> 32);
  }
}
