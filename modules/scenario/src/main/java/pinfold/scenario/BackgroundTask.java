package pinfold.scenario;

import java.util.List;

/**
 * Load beside the VMs: one task on each CPU of a list, all alike.
 *
 * @param name unique in its scenario
 * @param kind what an operation does
 * @param cpus one task on each
 * @param schedClass scheduling class of its tasks
 * @param workingSetPages pages of each task
 * @param pageSize of its memory; with huge ones an operation is of 2 MiB
 * @param startAtNanos simulated time at which its tasks begin, or from which on
 * @param startWithinNanos each begins up to so much later, drawn for it; 0 = all at once
 * @param opsPerBurst operations between two pauses
 * @param thinkTimeNanos the pause
 * @param maxOps operations of all its tasks together; 0 = no end, as of every {@link Kind#BUSY_LOOP}
 * @param awaited whether a run that ends with its load waits for these tasks
 * @param cgroup number of its memory cgroup, 0 = the root
 * @param kernelMemoryPages of a process of a {@link Kind#BUILD}, page tables apart; 0 = none
 * @param filePages that each of its tasks reads; 0 = none
 * @param tmpfsPages that the largest process of a {@link Kind#BUILD} writes to tmpfs; 0 = none
 * @param tmpfsOutputPercent how much of that stays
 * @param oomScoreAdj of each of its tasks, from -1000, never killed, to 1000
 */
public record BackgroundTask(String name, Kind kind, List<Integer> cpus, SchedClass schedClass, long workingSetPages,
    PageSize pageSize, long startAtNanos, long startWithinNanos, int opsPerBurst, long thinkTimeNanos, long maxOps, boolean awaited,
    int cgroup, int kernelMemoryPages, int filePages, int tmpfsPages, int tmpfsOutputPercent, int oomScoreAdj) {

  public BackgroundTask {
    cpus = List.copyOf(cpus);
  }

  /** Operations of the task at a position in {@link #cpus}: equal parts, the first ones one more; 0 = no end. */
  public long maxOpsOfTask(int position) {
    return maxOps / cpus.size() + (position < maxOps % cpus.size() ? 1 : 0);
  }

  /** Which tasks go before which. */
  public enum SchedClass {
    /** In turn with the others of its CPU. */
    FAIR,
    /** Before every fair task of its CPU, drain workers included, until it pauses. */
    FIFO
  }

  /** What one operation does to the task's next page. */
  public enum Kind {
    MARK_ACCESSED,
    FILE_READ,
    FILE_WRITE,
    /** Read, then posix_fadvise(DONTNEED), which drains this CPU and then all, and drops the pages. */
    FADVISE_DONTNEED,
    MADVISE_COLD,
    MADVISE_FREE,
    /** mlock, then munlock. */
    MLOCK,
    /** Fault a fresh page in, unmap it. */
    FAULT_UNMAP,
    /** The same in a private mapping of a file: the fault copies a page of the page cache. */
    FAULT_UNMAP_PRIVATE_FILE,
    /** Fork a child that touches the working set and exits. */
    FORK_EXIT,
    /** Read it where it is mapped; the end unmaps all. */
    FILE_MAP,
    /** cma_alloc() of the working set, and cma_release(). */
    CMA_ALLOC,
    /** Computes in user mode for ever, without any operation; no run waits for it. */
    BUSY_LOOP,
    /** One job slot of a parallel build: compilers, one after the other, that grow a heap and use it again. */
    BUILD;

    /** Whether its working set is anonymous memory of the task. */
    boolean hasMemory() {
      return this != FILE_READ && this != FILE_MAP && this != FILE_WRITE && this != FADVISE_DONTNEED && this != CMA_ALLOC
          && this != BUSY_LOOP;
    }

    /** Whether it maps anything, so that it counts for the OOM killer. */
    boolean hasAddressSpace() {
      return hasMemory() || this == FILE_MAP;
    }
  }
}
