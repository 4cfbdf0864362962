package pinfold.kernel.swap;

import java.util.List;
import pinfold.kernel.writeback.DirtyLimits;

/**
 * A swap device.
 *
 * @param kind how its reads and writes are done
 * @param slots its pages to swap to, 0 for none
 * @param readNanos an SSD's read of a page
 * @param writeNanos its write of one
 * @param seekNanos what it takes more to get to the first of neighbouring pages, as a disk does; 0 for an SSD. Without an elevator pages
 * that are written at the same time are neighbours
 * @param channels requests that it works on at the same time
 * @param queueDepth requests that it has accepted and not completed, at most, of a disk those to be written; whoever has one more sleeps
 * @param holdsFiles files are on the same device: what is not in the page cache is read from it; else that takes no time
 * @param interruptCpus on which CPUs its requests complete, in turn by channel; empty: where they came from, as with a queue for each CPU
 * @param dirtyLimits of the files on it
 * @param elevator it is a disk whose requests are sorted and merged ({@link DiskQueue}) and whose slots come in clusters
 */
public record SwapSpec(Kind kind, int slots, long readNanos, long writeNanos, long seekNanos, int channels, int queueDepth,
    boolean holdsFiles, List<Integer> interruptCpus, DirtyLimits dirtyLimits, boolean elevator) {
  /** How reads and writes are done. */
  public enum Kind {
    /** By the CPU that asks, at once (SWP_SYNCHRONOUS_IO): nothing is ever under writeback. */
    ZRAM,
    /** By the device; it interrupts a CPU when it is done. */
    SSD
  }

  /** No device. */
  public static final SwapSpec NONE = zram(0);

  public SwapSpec {
    interruptCpus = List.copyOf(interruptCpus);
    if (slots < 0 || readNanos < 0 || writeNanos < 0 || seekNanos < 0 || channels < 1 || queueDepth < channels) {
      throw new IllegalArgumentException(slots + " swap slots, " + channels + " channels, a queue of " + queueDepth
          + ": there must be a channel, and the queue must hold a request for each");
    }
    if (elevator && (kind != Kind.SSD || channels > 1)) {
      throw new IllegalArgumentException(kind + " with " + channels + " channels has no arm, and so no elevator");
    }
  }

  /** One with files, of which any may be dirty. */
  public SwapSpec(Kind kind, int slots, long readNanos, long writeNanos, long seekNanos, int channels, int queueDepth,
      boolean holdsFiles, List<Integer> interruptCpus) {
    this(kind, slots, readNanos, writeNanos, seekNanos, channels, queueDepth, holdsFiles, interruptCpus, DirtyLimits.NONE, false);
  }

  /** One like an SSD that holds no files. */
  public SwapSpec(Kind kind, int slots, long readNanos, long writeNanos, int channels, int queueDepth, List<Integer> interruptCpus) {
    this(kind, slots, readNanos, writeNanos, 0, channels, queueDepth, false, interruptCpus);
  }

  /** The same with an elevator. */
  public SwapSpec withElevator() {
    return new SwapSpec(kind, slots, readNanos, writeNanos, seekNanos, channels, queueDepth, holdsFiles, interruptCpus, dirtyLimits, true);
  }

  /** A device like zram. */
  public static SwapSpec zram(int slots) {
    return new SwapSpec(Kind.ZRAM, slots, 0, 0, 0, 1, 1, false, List.of());
  }

  /** Whether there is such a device: with room to swap to, or with files. */
  public boolean exists() {
    return slots > 0 || holdsFiles;
  }

  /** Whether files that were written to are dirty until they are written back to it. */
  public boolean writesFilesBack() {
    return holdsFiles && isAsynchronous();
  }

  /** Whether it works while CPUs do something else. */
  public boolean isAsynchronous() {
    return kind == Kind.SSD;
  }
}
