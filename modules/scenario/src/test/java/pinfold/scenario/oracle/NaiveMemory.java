package pinfold.scenario.oracle;

import pinfold.scenario.oracle.NaiveMapping.Lock;
import pinfold.scenario.oracle.NaiveMapping.Run;

/** What a task does to a mapping: faults, touches, madvise and the mlock family (mm/memory.c, mm/madvise.c, mm/mlock.c). */
final class NaiveMemory {

  private final NaiveKernel kernel;

  NaiveMemory(NaiveKernel kernel) {
    this.kernel = kernel;
  }

  /** Writes to every slot of [first, end); absent pages come from ZONE_MOVABLE. */
  void fault(int cpu, NaiveMapping mapping, int first, int end) {
    for (int slot = first; slot < end; slot++) {
      faultIn(cpu, mapping, slot, 1, true);
      mapping.pages[slot].cleanEntry = false;
    }
  }

  /** Faults one slot in unless it is present. */
  void faultIn(int cpu, NaiveMapping mapping, int slot, int pages, boolean movable) {
    if (mapping.pages[slot] != null) {
      return;
    }
    boolean locked = mapping.locks[slot] != Lock.NONE;
    NaivePage page = mapping.shared ? mapping.cache[slot] : null;
    boolean isNew = page == null;
    if (isNew) {
      page = new NaivePage(pages, !mapping.shared, movable);
      page.mapping = mapping;
      page.index = slot;
    }
    if (isNew && mapping.shared) {
      mapping.cache[slot] = page;
      page.inPageCache = true;
      page.refcount += pages;
      kernel.lruAdd(cpu, page);
    }
    page.get();
    page.mapcount++;
    mapping.pages[slot] = page;
    if (mapping.shared) {
      if (locked) {
        kernel.mlock(cpu, page);
      }
    } else if (locked) {
      kernel.mlockNew(cpu, page);
    } else {
      kernel.lruAdd(cpu, page);
    }
  }

  /** Reads through /proc/self/mem: get_user_pages_remote with FOLL_TOUCH. */
  void touch(int cpu, NaiveMapping mapping, int first, int end) {
    for (int slot = first; slot < end; slot++) {
      gupTouch(cpu, mapping.pages[slot]);
    }
  }

  /** What FOLL_TOUCH does to a page that the walk returns; a PMD-mapped folio is touched in the page table only. */
  void gupTouch(int cpu, NaivePage page) {
    if (!page.isLarge()) {
      kernel.markAccessed(cpu, page);
    }
  }

  /** MADV_POPULATE_WRITE. */
  void populateWrite(int cpu, NaiveMapping mapping, int first, int end) {
    for (int slot = first; slot < end; slot++) {
      faultIn(cpu, mapping, slot, 1, true);
      gupTouch(cpu, mapping.pages[slot]);
    }
    kernel.drainLocal(cpu);
  }

  /** MADV_COLD: VMA by VMA up to the first locked one. */
  void cold(int cpu, NaiveMapping mapping, int first, int end) {
    for (Run vma : mapping.runs(first, end)) {
      if (vma.lock() != Lock.NONE) {
        return;
      }
      kernel.drainLocal(cpu);
      for (int slot = vma.first(); slot < vma.end(); slot++) {
        NaivePage page = mapping.pages[slot];
        if (page != null && page.flags.lru() && page.mapcount == 1) {
          page.flags = page.flags.withReferenced(false);
          kernel.deactivate(cpu, page);
        }
      }
    }
  }

  /** MADV_FREE: VMA by VMA up to the first locked one; refused for anything but anonymous memory. */
  void free(int cpu, NaiveMapping mapping, int first, int end) {
    for (Run vma : mapping.runs(first, end)) {
      if (vma.lock() != Lock.NONE || mapping.shared) {
        return;
      }
      kernel.drainLocal(cpu);
      for (int slot = vma.first(); slot < vma.end(); slot++) {
        if (mapping.pages[slot] != null) {
          mapping.pages[slot].cleanEntry = true;
          kernel.markLazyfree(cpu, mapping.pages[slot]);
        }
      }
    }
  }

  /** MADV_DONTNEED of unlocked memory: a page with an entry in another CPU's batch lives until that batch is flushed. */
  void dontNeed(int cpu, NaiveMapping mapping, int first, int end) {
    kernel.drainLocal(cpu);
    NaivePage[] zapped = new NaivePage[end - first];
    for (int slot = first; slot < end; slot++) {
      NaivePage page = mapping.pages[slot];
      mapping.pages[slot] = null;
      zapped[slot - first] = page;
      if (page != null) {
        page.mapcount--;
      }
    }
    kernel.drainLocal(cpu);
    for (NaivePage page : zapped) {
      if (page != null) {
        page.put(1);
      }
    }
  }

  /** mlock. */
  void mlock(int cpu, NaiveMapping mapping, int first, int end) {
    applyLock(cpu, mapping, first, end, Lock.LOCKED);
    for (int slot = first; slot < end; slot++) {
      faultIn(cpu, mapping, slot, 1, true);
      gupTouch(cpu, mapping.pages[slot]);
    }
    kernel.drainLocal(cpu);
  }

  /** mlock2(MLOCK_ONFAULT): the populate that follows skips such a VMA. */
  void mlockOnFault(int cpu, NaiveMapping mapping, int first, int end) {
    applyLock(cpu, mapping, first, end, Lock.LOCKED_ON_FAULT);
  }

  /** munlock. */
  void munlock(int cpu, NaiveMapping mapping, int first, int end) {
    applyLock(cpu, mapping, first, end, Lock.NONE);
  }

  private void applyLock(int cpu, NaiveMapping mapping, int first, int end, Lock wanted) {
    for (Run vma : mapping.runs(first, end)) {
      boolean walk = (vma.lock() == Lock.NONE) != (wanted == Lock.NONE);
      if (walk) {
        kernel.drainLocal(cpu);
      }
      for (int slot = vma.first(); slot < vma.end(); slot++) {
        mapping.locks[slot] = wanted;
        NaivePage page = mapping.pages[slot];
        if (walk && page != null) {
          if (wanted == Lock.NONE) {
            kernel.munlock(cpu, page);
          } else {
            kernel.mlock(cpu, page);
          }
        }
      }
      if (walk) {
        kernel.drainLocal(cpu);
      }
    }
  }
}
