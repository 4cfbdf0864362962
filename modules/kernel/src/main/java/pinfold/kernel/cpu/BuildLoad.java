package pinfold.kernel.cpu;

import pinfold.engine.KeyedDraws;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;

/**
 * One job slot of a parallel build: compilers, one process after the other. A process grows its heap and goes back to what it has, mostly
 * to the oldest eighth and the newest quarter of it (what is always in use, and what it works on), sometimes to anything; with a heap of
 * full size it goes on as long again, and exits. Only anonymous memory, always written to. Draws are keyed by job and operation number.
 *
 * @param seed of the run
 * @param job number of the slot among all background tasks
 * @param space its address space, which its processes have one after the other
 * @param pages heap of the largest process; the smallest has a quarter
 * @param pagesPerBurst pages that it touches between two stretches of computing, a third of them new while the heap grows
 * @param computeNanos such a stretch
 * @param maxPages ends after so many pages were touched; 0 = never
 * @param awaited whether the run waits for its end
 */
public record BuildLoad(long seed, int job, int space, int pages, int pagesPerBurst, long computeNanos, long maxPages, boolean awaited)
    implements TaskProgram {
  private static final long PURPOSE_SIZE = 0xB17D;
  private static final long PURPOSE_RUN = 0xB17E;
  private static final int RUN_PAGES = 8;
  private static final int FULL_TOUCH = 512;

  @Override
  public String comm() {
    return "cc1";
  }

  @Override
  public Frame start() {
    return new Slot();
  }

  private final class Slot extends Frame {
    private long process;
    private long run;
    private long touched;
    private int size;
    private int heap;
    /** Bursts that this process will yet have with its heap at full size. */
    private int atFullSize;
    private int left;

    @Override
    protected Signal step(Cpu cpu) {
      return switch (at) {
        case 0 -> begin(cpu);
        case 1 -> grow(cpu);
        case 2 -> reuse(cpu);
        case 3 -> {
          cpu.spend(computeNanos);
          at = 1;
          yield Signal.PREEMPTIBLE;
        }
        case 4 -> {
          at = 0;
          yield cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, Math.max(1, heap)));
        }
        case 5 -> cpu.ret(-Errno.KILLED);
        default -> throw new IllegalStateException(toString());
      };
    }

    private Signal begin(Cpu cpu) {
      if (maxPages > 0 && touched >= maxPages) {
        return cpu.ret(0);
      }
      cpu.spend(Cost.FORK_EXEC);
      size = pages / 4 + (int) KeyedDraws.below(pages - pages / 4 + 1L, seed, PURPOSE_SIZE, job, process++);
      heap = 0;
      atFullSize = size / Math.max(1, pagesPerBurst / 3);
      at = 1;
      return Signal.PREEMPTIBLE;
    }

    private Signal grow(Cpu cpu) {
      left = pagesPerBurst;
      if (heap == size && atFullSize-- <= 0) {
        at = 4;
        return Signal.RUN;
      }
      at = 2;
      int grown = Math.min(Math.min(Math.max(1, pagesPerBurst / 3), FULL_TOUCH), size - heap);
      if (grown == 0) {
        return Signal.RUN;
      }
      heap += grown;
      return touch(cpu, heap - grown, grown);
    }

    private Signal reuse(Cpu cpu) {
      if (cpu.result() == -Errno.ENOMEM) {
        at = 5;
        return cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, Math.max(1, heap)));
      }
      if (left <= 0) {
        at = 3;
        return Signal.RUN;
      }
      int count = Math.min(Math.min(left, RUN_PAGES), heap);
      return touch(cpu, (int) place(heap - count + 1L), count);
    }

    /** Where the next run begins, of so many places. */
    private long place(long places) {
      long draw = KeyedDraws.below(1L << 32, seed, PURPOSE_RUN, job, run++);
      long part = draw & 7;
      long offset = draw >>> 3;
      long old = Math.max(1, places / 8);
      long recent = Math.max(1, places / 4);
      return part == 0 ? offset % places : part < 4 ? offset % old : places - 1 - offset % recent;
    }

    private Signal touch(Cpu cpu, int first, int count) {
      left -= count;
      touched += count;
      cpu.count(VmCounter.PAGE_OPERATIONS, count);
      return cpu.call(new Touch(space, first, count, PageWalk.Purpose.FAULT));
    }
  }
}
