package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;

/**
 * do_exit() of a task that the OOM killer has taken (kernel/exit.c, 6.12): gives up what its program holds and the pins that this CPU
 * keeps for its address space, and, as the last task of it, unmaps that. The kernel closes files, and so drops the pins of a device,
 * behind exit_mm(). It needs no memory for it. There is no oom_reaper: that begins two seconds later, and no task here is kept from
 * exiting for so long but by a FIFO task. Returns -{@link Errno#KILLED}.
 */
final class ExitMm extends Frame implements HoldsFolios {
  private final int space;
  /** What the task ran, null if nothing; it does so no more, and may hold something yet. */
  private final Frame program;

  ExitMm(int space, Frame program) {
    this.space = space;
    this.program = program;
  }

  @Override
  public void report(Holdings to) {
    if (at == 0 && program instanceof HoldsFolios holder) {
      holder.report(to);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        if (program != null) {
          program.abandon(cpu);
        }
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        LongList pins = cpu.handHeld().pinsOf(space);
        if (pins != null) {
          return cpu.call(new Unpin(pins));
        }
        cpu.request(cpu.directory().space(space), Messages.OOM_TASK_LEFT).close();
        at = 2;
        return Signal.SLEEP;
      }
      case 2 -> {
        at = 3;
        return cpu.reply(0) == 0 ? cpu.ret(-Errno.KILLED)
            : cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, cpu.rmap().spacePages(space)));
      }
      default -> {
        cpu.tell(cpu.directory().space(space), Messages.OOM_VICTIM_GONE).close();
        return cpu.ret(-Errno.KILLED);
      }
    }
  }
}
