package pinfold.kernel.node;

import static pinfold.kernel.folio.FolioFlags.DIRTY;
import static pinfold.kernel.folio.FolioFlags.SWAPCACHE;
import static pinfold.kernel.folio.FolioFlags.WRITEBACK;

import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.mm.RmapSpace;

/**
 * How pages of tmpfs go from the page cache to the swap cache and back, or away (mm/shmem.c, 6.12). A folio is in one of the two and has
 * one reference for it. Those of files are never clean here: what was written to them is nowhere else.
 */
final class ShmemOps {
  private static final int IN_PAGE_CACHE = 1;
  private static final int GONE = 0;
  private static final int UNDER_WRITEBACK = 2;

  private final MemoryNode node;
  private final FolioOps ops;
  private final FolioTable folios;
  private final RmapSpace rmap;

  ShmemOps(MemoryNode node, FolioOps ops, RmapSpace rmap) {
    this.node = node;
    this.ops = ops;
    this.folios = ops.folios;
    this.rmap = rmap;
  }

  /** The page cache's part of shmem_writepage(): the folio becomes one of the swap cache, and the file has its slot in its place. */
  void out(int pfn, int slot) {
    leavePageCache(pfn);
    folios.set(pfn, SWAPCACHE | DIRTY);
    ops.counters.increment(VmCounter.NR_SWAPCACHED);
    int handle = folios.handle(pfn);
    node.tellFile(rmap.owner(handle), Messages.FILE_SWAP_OUT, (long) rmap.page(handle) << 32 | pfn, slot);
  }

  /** {@link BurstOp#SHMEM_IN}. The file has it already. */
  int in(int pfn, int handle) {
    if (!node.isCached(pfn, handle)) {
      return GONE;
    }
    if (folios.has(pfn, WRITEBACK)) {
      return UNDER_WRITEBACK;
    }
    folios.clear(pfn, SWAPCACHE | DIRTY);
    ops.counters.add(VmCounter.NR_SWAPCACHED, -1);
    ops.setMapping(pfn, true);
    node.count(folios.flags(pfn), folios.pages(pfn));
    node.tellSwap(Messages.SWAP_FORGET, handle & 0xFFFFFFFFL);
    return IN_PAGE_CACHE;
  }

  /** {@link BurstOp#TRUNCATE}. */
  boolean truncate(Burst burst, int pfn, int handle) {
    if (!node.inPageCache(pfn, handle)) {
      return false;
    }
    assert folios.mapcount(pfn) == 0 : "truncated while mapped: " + folios.describe(pfn);
    leavePageCache(pfn);
    node.put(burst, pfn);
    return true;
  }

  private void leavePageCache(int pfn) {
    node.count(folios.flags(pfn), -folios.pages(pfn));
    ops.setMapping(pfn, false);
  }
}
