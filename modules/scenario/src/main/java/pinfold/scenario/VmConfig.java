package pinfold.scenario;

import java.util.List;

/**
 * One virtual machine and how it starts.
 *
 * @param name unique in its scenario
 * @param memoryPages guest memory in 4 KiB pages
 * @param backing what the guest memory is on the host
 * @param pageSize of the guest memory
 * @param prealloc how it is made present before the pin
 * @param preallocCpus CPU of each prealloc thread
 * @param mlock how it is locked before prealloc
 * @param vcpuCpus CPU of each virtual CPU
 * @param pinCpu the CPU that pins
 * @param pinDelayNanos from the end of prealloc to the pin
 * @param assign who pins
 * @param startAtNanos simulated time from the start of the run, or from the end of {@code startAfter}
 * @param startAfter position of the VM to wait for, before or behind this one; -1 = none
 * @param memoryOf position of the VM whose memory this one pins, as a second device of it does; -1 = it has its own
 * @param cgroup number of its memory cgroup, 0 = the root
 * @param oomScoreAdj from -1000, never killed, to 1000
 */
public record VmConfig(
    String name,
    long memoryPages,
    Backing backing,
    PageSize pageSize,
    Prealloc prealloc,
    List<Integer> preallocCpus,
    Mlock mlock,
    List<Integer> vcpuCpus,
    int pinCpu,
    long pinDelayNanos,
    Assign assign,
    long startAtNanos,
    int startAfter,
    int memoryOf,
    int cgroup,
    int oomScoreAdj) {

  public VmConfig {
    preallocCpus = List.copyOf(preallocCpus);
    vcpuCpus = List.copyOf(vcpuCpus);
  }

  /** What guest memory is on the host. */
  public enum Backing {
    ANONYMOUS,
    /** A memfd, mapped shared. */
    MEMFD
  }

  /** How guest memory is made present before the pin. */
  public enum Prealloc {
    /** It is not: the pin faults it in. */
    NONE,
    /** A write to each page. */
    TOUCH,
    /** MADV_POPULATE_WRITE, which also marks each page accessed. */
    POPULATE
  }

  /** How guest memory is locked. */
  public enum Mlock {
    NONE,
    /** mlockall. */
    ALL,
    /** mlock2 with MLOCK_ONFAULT. */
    ON_FAULT
  }

  /** Who pins guest memory. */
  public enum Assign implements Labelled {
    /** VFIO_IOMMU_MAP_DMA, in calls of 512 pages. */
    VFIO,
    /** IORING_REGISTER_BUFFERS. */
    IO_URING,
    /** Nobody. */
    NONE;

    @Override
    public String label() {
      return this == IO_URING ? "io_uring" : this == VFIO ? "vfio" : "none";
    }
  }
}
