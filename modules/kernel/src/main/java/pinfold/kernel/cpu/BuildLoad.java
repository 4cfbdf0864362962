package pinfold.kernel.cpu;

import pinfold.engine.KeyedDraws;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;

/**
 * One job slot of a parallel build: compilers, one process after the other. A process grows its heap and goes back to what it has, mostly
 * to the oldest eighth and the newest quarter of it (what is always in use, and what it works on), sometimes to anything; with a heap of
 * full size it goes on as long again, and exits. Anonymous memory is always written to. Where there is a file, each fourth burst reads
 * 128 KiB of it, a readahead window: of its first eighth (compiler, common headers), but one time in 32 it goes on through it from a place
 * drawn for the process (its sources). Where there is tmpfs, a process writes to it in step with its heap (what the compiler hands to the
 * assembler, and the object file); when it has exited, all of that is read once, and removed but for its outputs, which stay until the
 * sixteenth process after it. Draws are keyed by job and operation number.
 *
 * @param seed of the run
 * @param job number of the slot among all background tasks
 * @param space its address space, which its processes have one after the other
 * @param pages heap of the largest process; the smallest has a quarter
 * @param pagesPerBurst pages that it touches between two stretches of computing, a third of them new while the heap grows
 * @param computeNanos such a stretch
 * @param maxPages ends after so many pages were touched; 0 = never
 * @param awaited whether the run waits for its end
 * @param kernelPages what the kernel has for each process from its fork on, page tables apart; 0 = nothing, and no page tables either
 * @param file what its processes read, -1 for none
 * @param filePages size of that
 * @param tmpfs file of its own in tmpfs with room for {@link #tmpfsRoom}, -1 for none
 * @param tmpfsPages what the largest process writes there, smaller ones in proportion to their heaps
 * @param outputPercent how much of that stays
 */
public record BuildLoad(long seed, int job, int space, int pages, int pagesPerBurst, long computeNanos, long maxPages, boolean awaited,
    int kernelPages, int file, int filePages, int tmpfs, int tmpfsPages, int outputPercent) implements TaskProgram {
  private static final long PURPOSE_SIZE = 0xB17D;
  private static final long PURPOSE_RUN = 0xB17E;
  private static final long PURPOSE_SOURCES = 0xB17F;
  private static final long PURPOSE_READ = 0xB180;
  private static final int RUN_PAGES = 8;
  private static final int FULL_TOUCH = 512;
  private static final int BURSTS_PER_READ = 4;
  private static final int WINDOW_PAGES = 32;
  /** Pages that a page table maps. */
  private static final int PTES = 512;
  /** Processes of a job whose outputs are there at the same time. */
  private static final int OUTPUTS = 16;

  /** Pages that the file in tmpfs of a job must have. */
  public static int tmpfsRoom(int tmpfsPages, int outputPercent) {
    return Math.multiplyExact(tmpfsPages, outputPercent > 0 ? OUTPUTS : 1);
  }

  @Override
  public String comm() {
    return "cc1";
  }

  @Override
  public Frame start() {
    return new Slot();
  }

  private final class Slot extends Frame implements HoldsFolios {
    private final KernelMemory kernel = new KernelMemory();
    private long process;
    private long run;
    private long bursts;
    private long touched;
    private int size;
    private int heap;
    private int grown;
    /** Bursts that this process will yet have with its heap at full size. */
    private int atFullSize;
    private int left;
    /** Window of the file where its sources go on. */
    private int source;
    /** First page in tmpfs of this process. */
    private int output;
    /** How many it has written there. */
    private int written;
    private boolean killed;

    @Override
    public void report(Holdings to) {
      kernel.report(to);
    }

    @Override
    protected boolean mayDie() {
      return true;
    }

    @Override
    protected void abandon(Cpu cpu) {
      kernel.free(cpu);
    }

    @Override
    protected Signal step(Cpu cpu) {
      if ((at > 1 && at < 8 || at == 11) && cpu.result() == -Errno.ENOMEM) {
        killed = true;
        at = at < 8 ? 8 : 12;
      }
      return switch (at) {
        case 0 -> begin(cpu);
        case 1 -> nextBurst();
        case 2 -> growKernelMemory(cpu);
        case 3 -> {
          at = 4;
          yield grown == 0 ? Signal.RUN : touch(cpu, heap - grown, grown);
        }
        case 4 -> reuse(cpu);
        case 5 -> {
          at = 6;
          yield filePages == 0 || bursts++ % BURSTS_PER_READ > 0 ? Signal.RUN : read(cpu);
        }
        case 6 -> {
          at = 7;
          yield tmpfsPages == 0 ? Signal.RUN : writeToTmpfs(cpu);
        }
        case 7 -> {
          cpu.spend(computeNanos);
          at = 1;
          yield Signal.PREEMPTIBLE;
        }
        case 8 -> {
          at = killed || written == 0 ? 12 : 10;
          yield cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, Math.max(1, heap)));
        }
        case 10 -> {
          at = 11;
          yield cpu.call(new ShmemAccess(tmpfs, output, written));
        }
        case 11 -> {
          at = 12;
          int kept = (int) ((long) written * outputPercent / 100);
          yield cpu.call(new ShmemTruncate(tmpfs, output + kept, written - kept));
        }
        case 12 -> {
          kernel.free(cpu);
          at = 0;
          yield killed ? cpu.ret(-Errno.KILLED) : Signal.RUN;
        }
        default -> throw new IllegalStateException(toString());
      };
    }

    private Signal begin(Cpu cpu) {
      if (maxPages > 0 && touched >= maxPages) {
        return cpu.ret(0);
      }
      cpu.spend(Cost.FORK_EXEC);
      output = outputPercent > 0 ? (int) (process % OUTPUTS) * tmpfsPages : 0;
      boolean rewrites = outputPercent > 0 && process >= OUTPUTS;
      written = 0;
      source = (int) KeyedDraws.below(Math.max(1, filePages / WINDOW_PAGES), seed, PURPOSE_SOURCES, job, process);
      size = pages / 4 + (int) KeyedDraws.below(pages - pages / 4 + 1L, seed, PURPOSE_SIZE, job, process++);
      heap = 0;
      atFullSize = size / Math.max(1, pagesPerBurst / 3);
      at = 1;
      return rewrites ? cpu.call(new ShmemTruncate(tmpfs, output, tmpfsPages)) : Signal.PREEMPTIBLE;
    }

    private Signal nextBurst() {
      left = pagesPerBurst;
      if (heap == size && atFullSize-- <= 0) {
        at = 8;
        return Signal.RUN;
      }
      grown = Math.min(Math.min(Math.max(1, pagesPerBurst / 3), FULL_TOUCH), size - heap);
      heap += grown;
      at = 2;
      return Signal.RUN;
    }

    private Signal growKernelMemory(Cpu cpu) {
      at = 3;
      int wanted = kernelPages == 0 ? 0 : kernelPages + (heap + PTES - 1) / PTES;
      return wanted > kernel.pages() ? cpu.call(kernel.growTo(wanted)) : Signal.RUN;
    }

    private Signal reuse(Cpu cpu) {
      if (left <= 0) {
        at = 5;
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

    private Signal read(Cpu cpu) {
      int windows = Math.max(1, filePages / WINDOW_PAGES);
      long draw = KeyedDraws.below(1L << 32, seed, PURPOSE_READ, job, bursts);
      int window = (int) ((draw >>> 5) % Math.max(1, windows / 8));
      if ((draw & 31) == 0) {
        source = (source + 1) % windows;
        window = source;
      }
      return cpu.call(new FileAccess(file, window * WINDOW_PAGES, Math.min(WINDOW_PAGES, filePages), FileAccess.Kind.READ));
    }

    private Signal writeToTmpfs(Cpu cpu) {
      int first = output + written;
      int count = (int) ((long) tmpfsPages * heap / pages) - written;
      written += count;
      return count == 0 ? Signal.RUN : cpu.call(new ShmemAccess(tmpfs, first, count));
    }

    private Signal touch(Cpu cpu, int first, int count) {
      left -= count;
      touched += count;
      cpu.count(VmCounter.PAGE_OPERATIONS, count);
      return cpu.call(new Touch(space, first, count, PageWalk.Purpose.FAULT));
    }
  }
}
