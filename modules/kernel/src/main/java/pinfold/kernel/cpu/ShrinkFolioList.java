package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.Verdict;
import pinfold.kernel.swap.SwapDevice;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shrink_folio_list() (mm/vmscan.c, 6.12) over isolated folios of one node: references, swap slot, unmapping, pageout,
 * freeing, in the order of kernel-model.md 6.5. The kernel takes each folio through all steps before the next; here all go through
 * one step together, which others can tell only within the time of one such list.
 */
final class ShrinkFolioList extends Frame implements HoldsFolios {
  private final LongList folios;
  private final int node;
  private final ScanControl control;
  private final Verdict[] verdicts;
  private final int[] slots;
  /** Argument of {@link BurstOp#RECLAIM}. */
  private final int[] unmapped;
  /** It entered the swap cache just now. By then somebody may have taken it out who let go of it, so what it was before does not count. */
  private final boolean[] entered;
  /** A page of tmpfs in the page cache: it enters the swap cache when it is unmapped. */
  private final boolean[] shmem;
  private References references;
  private Mappings mappings;
  private int cursor;
  private int end;
  private int written;
  /** Folios whose write has begun and which the device does not have yet. */
  private final LongList writes = new LongList();
  private long submitNanos;
  private final ScanTally met = new ScanTally();

  /** @param folios as {@link BurstOp#COLLECT} makes them; the list may be cleared when this has returned */
  ShrinkFolioList(ScanControl control, LongList folios, int node) {
    this.control = control;
    this.folios = folios;
    this.node = node;
    this.verdicts = new Verdict[folios.size()];
    this.slots = new int[folios.size()];
    this.unmapped = new int[folios.size()];
    this.entered = new boolean[folios.size()];
    this.shmem = new boolean[folios.size()];
  }

  @Override
  public void report(Holdings to) {
    for (int i = 0; i < folios.size(); i++) {
      to.inMotion(MigratePages.pfn(folios.get(i)));
    }
  }

  int reclaimed() {
    return count(Verdict.FREED);
  }

  int keptReferenced() {
    return count(Verdict.KEEP_REFERENCED);
  }

  int activated() {
    return count(Verdict.ACTIVATE) + count(Verdict.UNMAP_FAILED);
  }

  int notUnmapped() {
    return count(Verdict.UNMAP_FAILED);
  }

  /** Pages written to swap. */
  int written() {
    return written;
  }

  /** What it has met: struct reclaim_stat. */
  ScanTally met() {
    return met;
  }

  private int count(Verdict verdict) {
    int count = 0;
    for (Verdict one : verdicts) {
      count += one == verdict ? 1 : 0;
    }
    return count;
  }

  /**
   * Adds an element for each folio that was not freed, in the order in which they were isolated.
   *
   * @param all what is done to all of them: bits as of {@link BurstOp#REJECT}
   */
  void addPutbacks(LongList ops, int all) {
    for (int i = 0; i < folios.size(); i++) {
      if (verdicts[i] != Verdict.FREED) {
        boolean activate = verdicts[i] == Verdict.ACTIVATE || verdicts[i] == Verdict.UNMAP_FAILED;
        ops.add(BurstOp.LRU_PUTBACK.word(pfn(i), (activate ? BurstOp.ACTIVATE : 0) | all));
      }
    }
  }

  private int pfn(int i) {
    return MigratePages.pfn(folios.get(i));
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        references = new References(folios);
        at = 1;
        yield cpu.call(references);
      }
      case 1 -> {
        references.addLookArounds(cpu, node, control.proactive || control.isKswapd());
        for (int i = 0; i < folios.size(); i++) {
          cpu.ops().add(BurstOp.CHECK_REFERENCES.word(pfn(i), references.argument(i) | (control.isKswapd() ? BurstOp.KSWAPD_ASKS : 0)));
        }
        at = 2;
        yield cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      case 2 -> {
        for (int i = 0; i < verdicts.length; i++) {
          verdicts[i] = Verdict.of(cpu.burstResult(i));
          met.add(cpu.burstResult(i), MigratePages.pages(folios.get(i)));
          slots[i] = (cpu.burstResult(i) & Verdict.NEEDS_SLOT) != 0 ? 0 : SwapDevice.FULL;
          shmem[i] = (cpu.burstResult(i) & Verdict.SHMEM) != 0;
        }
        at = 3;
        yield Signal.RUN;
      }
      case 3 -> askForSlots(cpu);
      case 4 -> haveSlots(cpu);
      case 10 -> {
        for (int i = 0, word = 0; i < slots.length; i++) {
          entered[i] = verdicts[i] == Verdict.RECLAIM && slots[i] != SwapDevice.FULL && cpu.burstResult(word++) != 0;
        }
        at = 5;
        yield Signal.RUN;
      }
      case 5 -> unmap(cpu);
      case 6 -> {
        for (int i = cursor, word = 0; i < end; i++) {
          int folio = mappings.folio(i);
          if (verdicts[folio] == Verdict.RECLAIM) {
            long reply = cpu.reply(word++);
            unmapped[folio] += (reply & AddressSpace.PAGE_DONE) != 0 ? 1 : (reply & AddressSpace.PAGE_DIRTY) != 0 ? BurstOp.PTE_DIRTY : 0;
          }
        }
        cursor = end;
        at = 5;
        yield Signal.RUN;
      }
      case 7 -> free(cpu);
      case 8 -> freed(cpu);
      default -> {
        if (cpu.reply(0) != 0) {
          cpu.count(VmCounter.SWAP_QUEUE_FULL, 1);
          cpu.count(VmCounter.SWAP_QUEUE_WAIT_NANOS, Math.max(0, cpu.clockNanos() - submitNanos));
        }
        yield cpu.ret(0);
      }
    };
  }

  private Signal askForSlots(Cpu cpu) {
    EventBatch out = null;
    for (int i = 0; i < slots.length; i++) {
      if (verdicts[i] == Verdict.RECLAIM && slots[i] == 0) {
        out = out == null ? cpu.request(cpu.directory().swap(), Messages.SWAP_ALLOC) : out;
        out.add(folios.get(i) >>> 32 << 32 | pfn(i));
      }
    }
    if (out == null) {
      at = 5;
      return Signal.RUN;
    }
    out.close();
    at = 4;
    return Signal.BUSY;
  }

  /** Without a slot the folio becomes active. */
  private Signal haveSlots(Cpu cpu) {
    at = 5;
    for (int i = 0, word = 0; i < slots.length; i++) {
      if (verdicts[i] == Verdict.RECLAIM && slots[i] == 0) {
        slots[i] = (int) cpu.reply(word++);
        if (slots[i] == SwapDevice.FULL) {
          verdicts[i] = Verdict.ACTIVATE;
        } else {
          cpu.ops().add(BurstOp.SWAP_CACHE.word(pfn(i), 0));
        }
      }
    }
    if (cpu.ops().isEmpty()) {
      return Signal.RUN;
    }
    at = 10;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal unmap(Cpu cpu) {
    if (mappings == null) {
      mappings = Mappings.of(cpu, folios);
    }
    if (cursor == mappings.size()) {
      at = 7;
      return Signal.RUN;
    }
    end = mappings.endOfNeighbours(cursor);
    int space = cpu.directory().space(mappings.space(cursor));
    EventBatch out = null;
    for (int i = cursor; i < end; i++) {
      int folio = mappings.folio(i);
      if (verdicts[folio] == Verdict.RECLAIM) {
        out = out == null ? cpu.request(space, Messages.SWAP_OUT) : out;
        out.add((long) mappings.page(i) << 32 | pfn(folio))
            .add(MigratePages.anonymous(folios.get(folio)) ? slots[folio] : SwapDevice.FULL);
      }
    }
    if (out == null) {
      cursor = end;
      return Signal.RUN;
    }
    out.close();
    at = 6;
    return Signal.BUSY;
  }

  private Signal free(Cpu cpu) {
    int target = control.target == 0 ? BurstOp.FOR_ALL
        : cpu.directory().memcgTree().levelsBelow(control.memcg, control.target) << BurstOp.LEVELS_SHIFT;
    for (int i = 0; i < verdicts.length; i++) {
      if (verdicts[i] == Verdict.RECLAIM) {
        cpu.ops().add((shmem[i] ? BurstOp.SHMEM_OUT : BurstOp.RECLAIM).word(pfn(i),
            unmapped[i] | (entered[i] ? BurstOp.NEW_SLOT : 0) | target));
        if (shmem[i]) {
          cpu.ops().add(slots[i]);
        }
      }
    }
    at = 8;
    return cpu.ops().isEmpty() ? cpu.ret(0) : cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal freed(Cpu cpu) {
    LongList uncached = new LongList();
    LongList unused = new LongList();
    LongList cancelled = new LongList();
    for (int i = 0, word = 0; i < verdicts.length; i++) {
      if (verdicts[i] != Verdict.RECLAIM) {
        continue;
      }
      long result = cpu.burstResult(word++);
      long shadow = (result & Verdict.HAS_SHADOW) != 0 ? cpu.burstResult(word++) : 0;
      verdicts[i] = Verdict.of(result);
      written += (result & Verdict.PAGEOUT) != 0 ? 1 : 0;
      boolean anonymous = MigratePages.anonymous(folios.get(i));
      if (verdicts[i] == Verdict.FREED && !anonymous && slots[i] == SwapDevice.FULL) {
        MigratePages.removeFromCache(cpu, folios.get(i), shadow);
        continue;
      }
      if ((result & Verdict.SLOT_UNUSED) != 0 && !anonymous) {
        cancelled.add((MigratePages.handle(folios.get(i)) & 0xFFFFFFFFL) << 32 | pfn(i));
      } else if ((result & Verdict.SLOT_UNUSED) != 0) {
        unused.add(MigratePages.handle(folios.get(i)));
      } else if (verdicts[i] == Verdict.FREED && slots[i] != SwapDevice.FULL) {
        uncached.add((MigratePages.handle(folios.get(i)) & 0xFFFFFFFFL) << 32 | pfn(i));
        uncached.add(shadow);
      } else if ((result & Verdict.PAGEOUT) != 0 && verdicts[i] == Verdict.KEEP) {
        writes.add(pfn(i));
      }
    }
    tellSwap(cpu, Messages.SWAP_UNCACHE, uncached);
    tellSwap(cpu, Messages.SWAP_FORGET, unused);
    tellSwap(cpu, Messages.SWAP_CANCEL, cancelled);
    return writes.isEmpty() ? cpu.ret(0) : write(cpu);
  }

  /** Gives the device what pageout() has begun to write; sleeps while its queue is full. */
  private Signal write(Cpu cpu) {
    submitNanos = cpu.clockNanos();
    cpu.request(cpu.directory().swap(), Messages.SWAP_WRITE).addAll(writes.words(), 0, writes.size()).close();
    at = 9;
    return Signal.BUSY;
  }

  private static void tellSwap(Cpu cpu, int kind, LongList words) {
    if (!words.isEmpty()) {
      cpu.tell(cpu.directory().swap(), kind).addAll(words.words(), 0, words.size()).close();
    }
  }
}
