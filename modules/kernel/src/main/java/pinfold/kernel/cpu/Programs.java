package pinfold.kernel.cpu;

import java.util.List;
import java.util.function.Supplier;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.zone.CompactPriority;

/** What scripts and scenarios let tasks do, one system call or one access each. Ranges are in pages of an address space. */
public final class Programs {
  private Programs() {}

  /** A program of one call. */
  record OneCall(String comm, int space, Supplier<Frame> frame) implements TaskProgram {
    /** One that works on no address space, or whose task is not killed for it. */
    OneCall(String comm, Supplier<Frame> frame) {
      this(comm, -1, frame);
    }

    @Override
    public Frame start() {
      return frame.get();
    }
  }

  /** A user writes to every page. */
  public static TaskProgram write(int space, int firstPage, int pages) {
    return new OneCall("write", space, () -> new Touch(space, firstPage, pages, PageWalk.Purpose.FAULT));
  }

  /** One folio_mark_accessed() per page by get_user_pages_remote(FOLL_TOUCH), as a read of /proc/pid/mem does. */
  public static TaskProgram touch(int space, int firstPage, int pages) {
    return new OneCall("touch", space, () -> new Touch(space, firstPage, pages, PageWalk.Purpose.POPULATE));
  }

  /** MADV_POPULATE_WRITE. */
  public static TaskProgram populate(int space, int firstPage, int pages) {
    return new OneCall("populate", space, () -> new Populate(space, firstPage, pages));
  }

  /** MADV_COLD. */
  public static TaskProgram madviseCold(int space, int firstPage, int pages) {
    return new OneCall("madv_cold", space, () -> new Madvise(space, firstPage, pages, PageWalk.Purpose.COLD));
  }

  /** MADV_FREE. */
  public static TaskProgram madviseFree(int space, int firstPage, int pages) {
    return new OneCall("madv_free", space, () -> new Madvise(space, firstPage, pages, PageWalk.Purpose.LAZYFREE));
  }

  /** MADV_DONTNEED. */
  public static TaskProgram madviseDontNeed(int space, int firstPage, int pages) {
    return new OneCall("madv_dontneed", space, () -> new Unmap(Unmap.Reason.DONTNEED, space, firstPage, pages));
  }

  /** mlock(). */
  public static TaskProgram mlock(int space, int firstPage, int pages) {
    return new OneCall("mlock", space, () -> new Mlock(space, firstPage, pages, Mlock.Mode.LOCK));
  }

  /** mlock2(MLOCK_ONFAULT). */
  public static TaskProgram mlockOnFault(int space, int firstPage, int pages) {
    return new OneCall("mlock2", space, () -> new Mlock(space, firstPage, pages, Mlock.Mode.LOCK_ON_FAULT));
  }

  /** munlock(). */
  public static TaskProgram munlock(int space, int firstPage, int pages) {
    return new OneCall("munlock", space, () -> new Mlock(space, firstPage, pages, Mlock.Mode.UNLOCK));
  }

  /** lru_add_drain() on the task's CPU. */
  public static TaskProgram drainLocal() {
    return new OneCall("drain", () -> new DrainBatches(true));
  }

  /** lru_add_drain_all(). */
  public static TaskProgram drainAll() {
    return new OneCall("drain_all", DrainAllCpus::new);
  }

  /** drain_all_pages(): the pcp lists of all CPUs. */
  public static TaskProgram drainAllPages() {
    return new OneCall("drain_pages", DrainAllPages::new);
  }

  /** One program after the other as one task, until one fails; {@code programs} has at least one. */
  public static TaskProgram inTurn(List<TaskProgram> programs) {
    List<TaskProgram> all = List.copyOf(programs);
    return all.size() == 1 ? all.getFirst() : new OneCall(all.getFirst().comm(), all.getFirst().space(), () -> new InTurn(all));
  }

  /** lru_cache_disable(): until {@link #lruCacheEnable} no batch keeps a folio. */
  public static TaskProgram lruCacheDisable() {
    return new OneCall("lru_cache_disable", () -> new LruCacheSwitch(true));
  }

  /** lru_cache_enable(). */
  public static TaskProgram lruCacheEnable() {
    return new OneCall("lru_cache_enable", () -> new LruCacheSwitch(false));
  }

  /** pin_user_pages(FOLL_LONGTERM) in one call; {@code touch}: as pin_user_pages_remote() does. The pins stay. */
  public static TaskProgram pinUserPages(int space, int firstPage, int pages, boolean touch) {
    return new OneCall("gup", space, () -> new PinUserPages(space, firstPage, pages, touch));
  }

  /** IORING_REGISTER_BUFFERS of one buffer; {@code release}: unregistered at once. */
  public static TaskProgram registerBuffer(int space, int firstPage, int pages, boolean release) {
    return new OneCall("io_uring", space, () -> new RegisterBuffer(space, firstPage, pages, release ? null : new LongList()));
  }

  /** A user reads every page of memory that maps a file. */
  public static TaskProgram readMapped(int space, int firstPage, int pages) {
    return new OneCall("read_mapped", () -> new FilemapFault(space, firstPage, pages));
  }

  /** munmap(). */
  public static TaskProgram munmap(int space, int firstPage, int pages) {
    return new OneCall("munmap", () -> new Unmap(Unmap.Reason.MUNMAP, space, firstPage, pages));
  }

  /** pread() of whole pages of a file; {@code shmem}: one of tmpfs or a memfd. */
  public static TaskProgram fileAccess(int file, int firstPage, int pages, boolean shmem) {
    return new OneCall("file_io", () -> shmem ? new ShmemAccess(file, firstPage, pages)
        : new FileAccess(file, firstPage, pages, FileAccess.Kind.READ));
  }

  /** Takes pages out of a file in tmpfs that nobody maps, as ftruncate() and unlink() do. */
  public static TaskProgram truncate(int file, int firstPage, int pages) {
    return new OneCall("truncate", () -> new ShmemTruncate(file, firstPage, pages));
  }

  /** pwrite() of whole pages of a file. */
  public static TaskProgram fileWrite(int file, int firstPage, int pages) {
    return new OneCall("file_io", () -> new FileAccess(file, firstPage, pages, FileAccess.Kind.WRITE));
  }

  /** posix_fadvise(POSIX_FADV_DONTNEED) of pages that nobody maps. The result is how many stay. */
  public static TaskProgram fadviseDontNeed(int file, int firstPage, int pages) {
    return new OneCall("fadvise", () -> new FadviseDontNeed(file, firstPage, pages, false));
  }

  /**
   * cma_alloc(). The pages stay with their user until {@link #cmaRelease}.
   *
   * @param zone index of the zone in the machine
   * @param area index of the CMA area in the zone
   * @param align of the first pfn, in pages, a power of two
   */
  public static TaskProgram cmaAlloc(int zone, int area, int pages, int align) {
    return new OneCall("cma_alloc", () -> new CmaAlloc(zone, area, pages, align));
  }

  /** cma_release() of what one cma_alloc() got. */
  public static TaskProgram cmaRelease(PfnRange range) {
    return new OneCall("cma_release", () -> new CmaRelease(range));
  }

  /**
   * try_to_compact_pages() on behalf of a request that found nothing. The result is the ordinal of a
   * {@link pinfold.kernel.zone.CompactResult}.
   *
   * @param longterm the request is for a long-term pin, so neither CMA nor ZONE_MOVABLE serves it; else it is for user memory
   */
  public static TaskProgram compact(int order, boolean longterm, CompactPriority priority) {
    return new OneCall("compact", () -> new CompactOnNode(order, longterm ? PageRequest.LONGTERM : PageRequest.USER, priority));
  }

  /** A write of that many pages to the memory.reclaim of a memory cgroup. The result is 0 or -EAGAIN. */
  public static TaskProgram memoryReclaim(int memcg, int pages) {
    return new OneCall("memory_reclaim", () -> new MemoryReclaim(memcg, pages));
  }

  /** VFIO_IOMMU_MAP_DMA; the pins stay. */
  public static TaskProgram vfioMap(int space, int firstPage, int pages) {
    return new OneCall("vfio", space, () -> new VfioMap(space, firstPage, pages, new LongList()));
  }
}
