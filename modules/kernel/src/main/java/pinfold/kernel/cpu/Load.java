package pinfold.kernel.cpu;

import pinfold.engine.KeyedDraws;

/**
 * A background task: the same operation again and again on a run of pages drawn anew each time, with pauses. Draws are keyed by
 * task and operation number, so that two kernels meet the same load even after they part.
 *
 * @param kind what an operation does
 * @param seed of the run
 * @param task number of the task among all background tasks
 * @param space its address space; its pages are the working set
 * @param file its file, -1 for kinds without
 * @param pages working set
 * @param pagesPerBurst pages between two pauses, done in operations of at most 512
 * @param thinkNanos the pause
 * @param maxPages ends after so many pages; 0 = never
 * @param awaited whether the run waits for its end
 * @param fifo whether it runs in the FIFO class, above every task of the fair one
 * @param huge its memory is made of THPs, and it works on whole ones
 */
public record Load(Kind kind, long seed, int task, int space, int file, int pages, int pagesPerBurst, long thinkNanos,
    long maxPages, boolean awaited, boolean fifo, boolean huge) implements TaskProgram {
  private static final long PURPOSE_PAGE = 0x10AD;
  private static final int MOST_PAGES = 512;

  /** One of the fair class with small pages. */
  public Load(Kind kind, long seed, int task, int space, int file, int pages, int pagesPerBurst, long thinkNanos, long maxPages,
      boolean awaited) {
    this(kind, seed, task, space, file, pages, pagesPerBurst, thinkNanos, maxPages, awaited, false, false);
  }

  /** What one operation does to its run of pages. */
  public enum Kind {
    /** Touches it through GUP: folio_mark_accessed() of each page. Begins with MADV_POPULATE_WRITE of the whole working set. */
    MARK_ACCESSED,
    FILE_READ,
    FILE_WRITE,
    /**
     * Reads it, then posix_fadvise(POSIX_FADV_DONTNEED), which drops it from the page cache. All CPUs are drained each time, as
     * where the range has a page that somebody else uses.
     */
    FADVISE_DONTNEED,
    /** Touches it twice, then MADV_COLD. Begins as MARK_ACCESSED does. */
    MADVISE_COLD,
    /** Writes to it, MADV_FREE, MADV_DONTNEED. */
    MADVISE_FREE,
    /** mlock, then munlock. */
    MLOCK,
    /** Writes to it, then unmaps it. */
    FAULT_UNMAP,
    /** The same with memory that maps a file privately, so that each fault copies a page of the page cache. */
    FAULT_UNMAP_PRIVATE_FILE,
    /** A process that writes to all of its memory and exits. */
    FORK_EXIT,
    /** Reads where its file is mapped, and unmaps it at the end. */
    FILE_MAP;

    /** Whether its first call writes to memory that may not be there, so that it can be killed. */
    boolean faults() {
      return this == MADVISE_FREE || this == FAULT_UNMAP || this == FORK_EXIT || this == FILE_MAP;
    }

    /** Whether it works on a file through file descriptors, and so without an address space. */
    public boolean usesFile() {
      return this == FILE_READ || this == FILE_WRITE || this == FADVISE_DONTNEED;
    }
  }

  @Override
  public String comm() {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public Frame start() {
    return new Loop();
  }

  private final class Loop extends Frame {
    private long operation;
    private long done;
    private int first;
    private int count;
    private int left;

    @Override
    protected boolean mayDie() {
      return true;
    }

    @Override
    protected Signal step(Cpu cpu) {
      switch (at) {
        case 0 -> {
          at = 5;
          return kind == Kind.MARK_ACCESSED || kind == Kind.MADVISE_COLD ? cpu.call(new Populate(space, 0, pages)) : Signal.RUN;
        }
        case 5 -> {
          if (maxPages > 0 && done >= maxPages) {
            at = 7;
            return kind == Kind.FILE_MAP ? cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, pages)) : Signal.RUN;
          }
          if (left <= 0) {
            left = pagesPerBurst;
          }
          int unit = huge ? MOST_PAGES : 1;
          count = kind == Kind.FORK_EXIT ? pages : huge ? unit : Math.min(Math.min(left, MOST_PAGES), pages);
          first = unit * (int) KeyedDraws.below((pages - count) / unit + 1L, seed, PURPOSE_PAGE, task, operation++);
          done += count;
          left -= count;
          at = 1;
          return Signal.RUN;
        }
        case 1 -> {
          at = 2;
          return cpu.call(firstCall());
        }
        case 2 -> {
          if (kind.faults() && cpu.result() == -Errno.ENOMEM) {
            at = 6;
            return cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, pages));
          }
          at = 3;
          Frame second = secondCall();
          return second == null ? Signal.RUN : cpu.call(second);
        }
        case 3 -> {
          at = 4;
          Frame third = thirdCall();
          return third == null ? Signal.RUN : cpu.call(third);
        }
        case 6 -> {
          return cpu.ret(-Errno.KILLED);
        }
        case 7 -> {
          return cpu.ret(0);
        }
        default -> {
          at = 5;
          return left <= 0 && thinkNanos > 0 ? cpu.sleepFor(thinkNanos) : Signal.PREEMPTIBLE;
        }
      }
    }

    private Frame touch() {
      return new Touch(space, first, count, PageWalk.Purpose.POPULATE);
    }

    private Frame firstCall() {
      return switch (kind) {
        case MARK_ACCESSED, MADVISE_COLD -> touch();
        case FILE_READ, FADVISE_DONTNEED -> new FileAccess(file, first, count, FileAccess.Kind.READ);
        case FILE_WRITE -> new FileAccess(file, first, count, FileAccess.Kind.WRITE);
        case MADVISE_FREE, FAULT_UNMAP, FAULT_UNMAP_PRIVATE_FILE, FORK_EXIT -> new Touch(space, first, count, PageWalk.Purpose.FAULT);
        case FILE_MAP -> new FilemapFault(space, first, count);
        case MLOCK -> new Mlock(space, first, count, Mlock.Mode.LOCK);
      };
    }

    private Frame secondCall() {
      return switch (kind) {
        case MARK_ACCESSED, FILE_READ, FILE_WRITE, FILE_MAP -> null;
        case FADVISE_DONTNEED -> new FadviseDontNeed(file, first, count, true);
        case MADVISE_COLD -> touch();
        case MADVISE_FREE -> new Madvise(space, first, count, PageWalk.Purpose.LAZYFREE);
        case FAULT_UNMAP, FAULT_UNMAP_PRIVATE_FILE -> new Unmap(Unmap.Reason.MUNMAP, space, first, count);
        case FORK_EXIT -> new Unmap(Unmap.Reason.EXIT, space, first, count);
        case MLOCK -> new Mlock(space, first, count, Mlock.Mode.UNLOCK);
      };
    }

    private Frame thirdCall() {
      return switch (kind) {
        case MADVISE_COLD -> new Madvise(space, first, count, PageWalk.Purpose.COLD);
        case MADVISE_FREE -> new Unmap(Unmap.Reason.DONTNEED, space, first, count);
        default -> null;
      };
    }
  }
}
