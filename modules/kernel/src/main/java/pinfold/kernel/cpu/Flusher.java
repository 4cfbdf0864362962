package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.writeback.Writeback;

/**
 * The flusher of the disk that has the files, from when it is woken to when it sleeps (wb_workfn(), fs/fs-writeback.c, 6.12): takes dirty
 * pages of the file that {@link Writeback} names, in order, begins to write them and gives them to the device; sleeps while its queue is
 * full. What cannot be written now, because it is being written already or was moved, stays dirty.
 */
final class Flusher extends Frame implements HoldsFolios {
  private int file;
  private int begun;
  /** Page &lt;&lt; 32 | pfn of what is yet to be begun. */
  private final LongList tagged = new LongList();
  /** Those that are being begun, of one node. */
  private final LongList asked = new LongList();
  /** What the device does not have yet, as {@link Messages#WRITE_FILE} takes it. */
  private final LongList writes = new LongList();
  private long submitNanos;

  @Override
  public void report(Holdings to) {
    reportInMotion(tagged, to);
    reportInMotion(asked, to);
    reportInMotion(writes, to);
  }

  private static void reportInMotion(LongList folios, Holdings to) {
    for (int i = 0; i < folios.size(); i++) {
      to.inMotion((int) folios.get(i));
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.request(cpu.directory().writeback(), Messages.FLUSHER_NEXT).add(begun).close();
        at = 1;
        return Signal.BUSY;
      }
      case 1 -> {
        begun = 0;
        file = (int) cpu.reply(0);
        if (file < 0) {
          return cpu.ret(0);
        }
        cpu.request(cpu.directory().file(file), Messages.FILE_TO_WRITE).add(cpu.reply(1)).close();
        at = 2;
        return Signal.BUSY;
      }
      case 2 -> {
        for (int i = 0; i < cpu.replyLength(); i++) {
          tagged.add(cpu.reply(i));
        }
        at = 3;
        return Signal.RUN;
      }
      case 3 -> {
        return begin(cpu);
      }
      case 4 -> {
        begun(cpu);
        at = 3;
        return Signal.RUN;
      }
      default -> {
        writes.clear();
        if (cpu.reply(0) != 0) {
          cpu.count(VmCounter.SWAP_QUEUE_FULL, 1);
          cpu.count(VmCounter.SWAP_QUEUE_WAIT_NANOS, Math.max(0, cpu.clockNanos() - submitNanos));
        }
        at = 0;
        return Signal.PREEMPTIBLE;
      }
    }
  }

  /** folio_clear_dirty_for_io() and folio_start_writeback() of what is on the node of the first; in the end all goes to the device. */
  private Signal begin(Cpu cpu) {
    if (tagged.isEmpty()) {
      return submit(cpu);
    }
    int node = cpu.directory().nodeOfPfn((int) tagged.get(0));
    int left = 0;
    for (int i = 0; i < tagged.size(); i++) {
      long page = tagged.get(i);
      if (cpu.directory().nodeOfPfn((int) page) == node) {
        asked.add(page);
        cpu.ops().add(BurstOp.START_WRITEBACK.word((int) page, 0));
        cpu.ops().add(cpu.rmap().fileHandle(file, (int) (page >>> 32)));
      } else {
        tagged.set(left++, page);
      }
    }
    while (tagged.size() > left) {
      tagged.removeLast();
    }
    at = 4;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private void begun(Cpu cpu) {
    EventBatch dirtyStill = null;
    for (int i = 0; i < asked.size(); i++) {
      long page = asked.get(i) >>> 32;
      if (cpu.burstResult(i) == 0) {
        dirtyStill = dirtyStill == null ? cpu.tell(cpu.directory().file(file), Messages.FILE_DIRTY) : dirtyStill;
        dirtyStill.add(page);
        continue;
      }
      writes.add(asked.get(i));
    }
    if (dirtyStill != null) {
      dirtyStill.close();
    }
    asked.clear();
  }

  private Signal submit(Cpu cpu) {
    begun = writes.size();
    at = writes.isEmpty() ? 0 : 5;
    if (writes.isEmpty()) {
      return Signal.PREEMPTIBLE;
    }
    submitNanos = cpu.clockNanos();
    cpu.request(cpu.directory().swap(), Messages.WRITE_FILE).add(file).addAll(writes.words(), 0, writes.size()).close();
    return Signal.BUSY;
  }
}
