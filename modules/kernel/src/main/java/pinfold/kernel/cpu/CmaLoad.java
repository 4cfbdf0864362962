package pinfold.kernel.cpu;

/**
 * A driver that takes memory from a CMA area again and again: cma_alloc(), then cma_release() of it; after some of these a pause, in
 * which it has nothing. An allocation that fails is not repeated before its turn.
 *
 * @param zone index of the zone in the machine
 * @param area index of the CMA area in the zone
 * @param pages of an allocation
 * @param perBurst allocations between two pauses
 * @param thinkNanos the pause
 * @param maxAllocations ends after so many, failed ones included; 0 = never
 * @param awaited whether the run waits for its end
 * @param fifo whether it runs in the FIFO class
 */
public record CmaLoad(int zone, int area, int pages, int perBurst, long thinkNanos, long maxAllocations, boolean awaited,
    boolean fifo) implements TaskProgram {
  /** CONFIG_CMA_ALIGNMENT's default: larger buffers are aligned to 1 MiB (kernel/dma/contiguous.c, 6.12). */
  private static final int MOST_ALIGN_PAGES = 256;

  /** Alignment of a buffer of so many pages: its size, rounded up to a power of two, and at most 1 MiB. */
  static int align(int pages) {
    return Math.min(MOST_ALIGN_PAGES, Integer.highestOneBit(2 * pages - 1));
  }

  @Override
  public String comm() {
    return "cma_alloc";
  }

  @Override
  public Frame start() {
    return new Loop();
  }

  private final class Loop extends Frame {
    private long done;
    private CmaAlloc allocation;

    @Override
    protected Signal step(Cpu cpu) {
      switch (at) {
        case 0 -> {
          if (maxAllocations > 0 && done == maxAllocations) {
            return cpu.ret(0);
          }
          at = 1;
          allocation = new CmaAlloc(zone, area, pages, align(pages));
          return cpu.call(allocation);
        }
        case 1 -> {
          done++;
          at = 2;
          return cpu.result() == 0 ? cpu.call(new CmaRelease(allocation.allocated())) : Signal.RUN;
        }
        default -> {
          at = 0;
          return done % perBurst == 0 && thinkNanos > 0 ? cpu.sleepFor(thinkNanos) : Signal.PREEMPTIBLE;
        }
      }
    }
  }
}
