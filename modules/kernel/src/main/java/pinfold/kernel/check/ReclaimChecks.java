package pinfold.kernel.check;

import java.util.Arrays;
import pinfold.kernel.Machine;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.MemoryNode;
import pinfold.kernel.swap.SwapDevice;

/**
 * What reclaim leaves behind, when nothing is left to do: every slot in use is a swap entry's, or a folio's in the swap cache
 * that is mapped or an orphan, the device and the folios agree on who is in it, and a memory cgroup is charged for its folios and for what
 * CPUs have in stock.
 */
final class ReclaimChecks {
  private final Machine machine;
  private final Report report;
  private final long[] pagesByMemcg;
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
    for (int node = 0; node < machine.directory().nodes(); node++) {
      MemoryNode owner = machine.node(node);
      owner.folios().forEachAllocated(pfn -> folio(owner, pfn));
    }
    for (int memcg = 1; memcg < pagesByMemcg.length; memcg++) {
      long stocks = 0;
      for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
        stocks += machine.cpu(cpu).stock(memcg);
      }
      equal("memcg" + memcg, "pages charged", machine.memcg(memcg).usedPages(), "of folios and in stocks", pagesByMemcg[memcg] + stocks);
    }
    if (machine.swap() != null) {
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

  private void folio(MemoryNode node, int pfn) {
    FolioTable folios = node.folios();
    pagesByMemcg[node.lruvecOf(pfn)] += folios.pages(pfn);
    boolean cached = folios.has(pfn, FolioFlags.SWAPCACHE);
    SwapDevice swap = machine.swap();
    int slot = swap != null && folios.has(pfn, FolioFlags.ANON) ? swap.slot(folios.handle(pfn)) : -1;
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
