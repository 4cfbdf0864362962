package pinfold.kernel.cpu;

import java.util.List;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.VmPhase;

/**
 * The start of a VM with a passed-through device as its monitor does it: lock and preallocate guest memory, then pin all of it.
 * When a pin fails the monitor exits and its memory is freed; nobody retries. Returns 0 or the negative errno of the pin.
 */
public final class VmStart implements TaskProgram {
  private static final int GIB_PAGES = 1 << 18;

  /** How guest memory is made present before the pin. */
  public enum Prealloc {
    NONE,
    /** The threads write to each page. */
    TOUCH,
    /** The threads call MADV_POPULATE_WRITE. */
    POPULATE
  }

  /** How guest memory is locked before that. */
  public enum Locking {
    NONE,
    /** mlockall. */
    ALL,
    /** mlock2(MLOCK_ONFAULT). */
    ON_FAULT
  }

  /** Who pins guest memory. */
  public enum Assign {
    /** VFIO_IOMMU_MAP_DMA over all of it. */
    VFIO,
    /** IORING_REGISTER_BUFFERS, a buffer per GiB. */
    IO_URING,
    NONE
  }

  /** Another task to start: a program of a CPU, after a delay. */
  public record Start(int cpu, int program, long delayNanos) {}

  private final int vm;
  private final int space;
  private final int pages;
  private final boolean ownsMemory;
  private final Locking locking;
  private final Assign assign;
  private final long pinDelayNanos;
  private final List<Start> threads;
  private final List<Start> followers;

  /**
   * @param vm number that the observer calls it by
   * @param ownsMemory the memory is freed with this VM; else it is that of another, of which this is one more device
   * @param threads preallocate a part each; joined before the pin
   * @param followers VMs that start when this one has started or failed
   */
  public VmStart(int vm, int space, int pages, boolean ownsMemory, Locking locking, Assign assign, long pinDelayNanos, List<Start> threads,
      List<Start> followers) {
    this.vm = vm;
    this.space = space;
    this.pages = pages;
    this.ownsMemory = ownsMemory;
    this.locking = locking;
    this.assign = assign;
    this.pinDelayNanos = pinDelayNanos;
    this.threads = threads;
    this.followers = followers;
  }

  /** A prealloc thread. */
  public static TaskProgram thread(int space, int firstPage, int pages, Prealloc prealloc) {
    return new TaskProgram() {
      @Override
      public String comm() {
        return "prealloc";
      }

      @Override
      public boolean awaited() {
        return false;
      }

      @Override
      public int space() {
        return space;
      }

      @Override
      public Frame start() {
        return prealloc == Prealloc.TOUCH ? new Touch(space, firstPage, pages, PageWalk.Purpose.FAULT)
            : new Populate(space, firstPage, pages);
      }
    };
  }

  @Override
  public String comm() {
    return "qemu-" + vm;
  }

  @Override
  public int label() {
    return vm;
  }

  @Override
  public int space() {
    return space;
  }

  @Override
  public Frame start() {
    return new Course();
  }

  private final class Course extends Frame {
    private final LongList pinned = new LongList();
    private int registered;
    private long outcome;

    @Override
    protected boolean mayDie() {
      return true;
    }

    /** Whoever waits for it to start or fail has waited long enough. */
    @Override
    protected void abandon(Cpu cpu) {
      startFollowers(cpu);
    }

    @Override
    protected Signal step(Cpu cpu) {
      return switch (at) {
        case 0 -> {
          at = 1;
          tracePhase(cpu, VmPhase.BEGINS);
          yield locking == Locking.NONE ? Signal.RUN
              : cpu.call(new Mlock(space, 0, pages, locking == Locking.ALL ? Mlock.Mode.LOCK : Mlock.Mode.LOCK_ON_FAULT));
        }
        case 1 -> {
          at = 2;
          tracePhase(cpu, VmPhase.PREALLOCATES);
          for (Start thread : threads) {
            cpu.startTask(thread.cpu(), thread.program(), thread.delayNanos(), true);
          }
          yield threads.isEmpty() ? Signal.RUN : cpu.join();
        }
        case 2 -> {
          at = 3;
          tracePhase(cpu, VmPhase.WAITS);
          yield pinDelayNanos > 0 ? cpu.sleepFor(pinDelayNanos) : Signal.RUN;
        }
        case 3 -> switch (assign) {
          case VFIO -> {
            at = 5;
            tracePhase(cpu, VmPhase.PINS);
            yield cpu.call(new VfioMap(space, 0, pages, pinned));
          }
          case IO_URING -> {
            at = 4;
            tracePhase(cpu, VmPhase.PINS);
            yield cpu.call(new RegisterBuffer(space, registered, Math.min(GIB_PAGES, pages - registered), pinned));
          }
          case NONE -> finish(cpu, 0);
        };
        case 4 -> {
          registered += Math.min(GIB_PAGES, pages - registered);
          at = cpu.result() == 0 && registered < pages ? 3 : 5;
          yield Signal.RUN;
        }
        case 5 -> {
          outcome = cpu.result();
          at = 6;
          tracePhase(cpu, VmPhase.CLEANS_UP);
          yield outcome < 0 && !pinned.isEmpty() ? cpu.call(new Unpin(pinned)) : Signal.RUN;
        }
        case 6 -> {
          at = 7;
          yield outcome < 0 && ownsMemory ? cpu.call(new Unmap(Unmap.Reason.EXIT, space, 0, pages)) : Signal.RUN;
        }
        case 7 -> finish(cpu, outcome);
        default -> throw new IllegalStateException(toString());
      };
    }

    private void tracePhase(Cpu cpu, VmPhase phase) {
      cpu.trace(TraceEvent.VM_PHASE, 0, TraceBuffer.pair(vm, phase.ordinal()), 0, 0);
    }

    private Signal finish(Cpu cpu, long result) {
      tracePhase(cpu, VmPhase.ENDS);
      startFollowers(cpu);
      return cpu.ret(result);
    }

    private void startFollowers(Cpu cpu) {
      for (Start follower : followers) {
        cpu.startTask(follower.cpu(), follower.program(), follower.delayNanos(), false);
      }
    }
  }
}
