package pinfold.kernel.check;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import pinfold.kernel.Machine;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.MemoryNode;
import pinfold.kernel.swap.SwapDevice;

/**
 * What reclaim leaves behind, when nothing is left to do: every slot in use is a swap entry's, or a folio's in the swap cache
 * that is mapped or an orphan, the device and the folios agree on who is in it, a memory cgroup is charged for its folios and for what
 * CPUs have in stock, and a shadow stands where a folio was, and none is now. A page of a file is in the page cache or in one slot, and
 * that one is its own.
 */
final class ReclaimChecks {
  private final Machine machine;
  private final Report report;
  private final long[] pagesByMemcg;
  /** Of pages of files. */
  private final Set<Integer> takenSlots = new TreeSet<>();
  private long slots;

  ReclaimChecks(Machine machine, Report report) {
    this.machine = machine;
    this.report = report;
    this.pagesByMemcg = new long[1 + machine.spec().reclaim().memcgs()];
  }

  /** Only while no message is under way and no task lives. */
  void check() {
    if (!machine.spec().reclaim().isOn()) {
      return;
    }
    Arrays.fill(pagesByMemcg, 0);
    slots = 0;
    takenSlots.clear();
    for (int node = 0; node < machine.directory().nodes(); node++) {
      MemoryNode owner = machine.node(node);
      owner.folios().forEachAllocated(pfn -> folio(owner, pfn));
    }
    for (int memcg = 1; memcg < pagesByMemcg.length; memcg++) {
      long pages = 0;
      for (int below : machine.directory().memcgTree().subtree(memcg)) {
        pages += pagesByMemcg[below];
        for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
          pages += machine.cpu(cpu).stock(below);
        }
      }
      equal("memcg" + memcg, "pages charged", machine.memcg(memcg).usedPages(memcg), "of folios and in stocks", pages);
    }
    for (int file = 0; file < machine.spec().files().size(); file++) {
      FileMapping mapping = machine.file(file);
      mapping.shadows().forEach(page -> noFolio(mapping.name(), "page", page, mapping.pfn(page)));
      for (int page = 0; page < mapping.pages(); page++) {
        filePage(mapping, file, page);
      }
    }
    if (machine.swap() != null) {
      machine.swap().shadows().forEach(slot -> noFolio("swap", "slot", slot,
          machine.swap().isUsed(slot) ? Math.max(0, machine.swap().cached(slot)) : -1));
      for (int space = 0; space < machine.spec().spaces().size(); space++) {
        swapEntries(space);
      }
      equal("swap", "slots in use", machine.swap().used(), "that somebody needs", slots);
    }
  }

  private void equal(String entity, String what, long counted, String holders, long found) {
    if (counted != found) {
      report.fail("reclaim", entity, -1, counted + " " + what + ", but " + found + " " + holders);
    }
  }

  /** @param pfn that is there now; 0 for none, less if there is nothing at all */
  private void noFolio(String entity, String what, int index, int pfn) {
    if (pfn != 0) {
      report.fail("reclaim", entity, pfn, what + " " + index + " has a shadow and " + (pfn < 0 ? "belongs to nobody" : "a folio"));
    }
  }

  private void folio(MemoryNode node, int pfn) {
    FolioTable folios = node.folios();
    pagesByMemcg[node.lruvecOf(pfn)] += folios.pages(pfn);
    boolean cached = folios.has(pfn, FolioFlags.SWAPCACHE);
    SwapDevice swap = machine.swap();
    int slot = swap != null ? swap.slot(folios.handle(pfn)) : -1;
    int orphan = swap != null ? swap.orphanSlot(pfn) : -1;
    if (cached != (slot >= 0 && swap.cached(slot) == pfn || orphan >= 0 && swap.cached(orphan) == pfn)) {
      report.fail("reclaim", node.name(), pfn, "the folio and the swap device disagree on whether it is in the swap cache; "
          + folios.describe(pfn));
    }
    slots += cached && (folios.mapcount(pfn) > 0 || orphan >= 0) ? 1 : 0;
    if (orphan >= 0 && folios.mapcount(pfn) > 0) {
      report.fail("reclaim", node.name(), pfn, "nobody needs its slot, but it is mapped; " + folios.describe(pfn));
    }
  }

  private void filePage(FileMapping mapping, int file, int page) {
    int pfn = mapping.pfn(page);
    if (pfn != 0 && !isOfFile(pfn, file, page, true)) {
      report.fail("reclaim", mapping.name(), pfn, "page " + page + " leads to a folio that is not in its page cache");
    }
    int slot = mapping.slot(page);
    if (slot < 0) {
      return;
    }
    slots++;
    if (!takenSlots.add(slot)) {
      report.fail("reclaim", mapping.name(), -1, "page " + page + " is in slot " + slot + ", as another page of a file is");
    }
    int cached = machine.swap().cached(slot);
    if (!machine.swap().isUsed(slot) || cached > 0 && !isOfFile(cached, file, page, false)) {
      report.fail("reclaim", mapping.name(), cached, "page " + page + " is in slot " + slot + ", which is free or another's");
    }
  }

  private boolean isOfFile(int pfn, int file, int page, boolean inPageCache) {
    MemoryNode node = machine.nodeOf(pfn);
    FolioTable folios = node.folios();
    return folios.isAllocated(pfn) && !folios.has(pfn, FolioFlags.ANON) && machine.rmap().owner(folios.handle(pfn)) == file
        && machine.rmap().page(folios.handle(pfn)) == page && node.hasMapping(pfn) == inPageCache
        && folios.has(pfn, FolioFlags.SWAPCACHE) == !inPageCache;
  }

  private void swapEntries(int number) {
    machine.space(number).forEachEntry((page, entry) -> {
      if (Pte.large(entry) || !Pte.swap(entry)) {
        return;
      }
      slots++;
      if (!machine.swap().isUsed(Pte.slot(entry))) {
        report.fail("reclaim", machine.space(number).name(), -1, "page " + page + " is in slot " + Pte.slot(entry) + ", which is free");
      }
    });
  }
}
