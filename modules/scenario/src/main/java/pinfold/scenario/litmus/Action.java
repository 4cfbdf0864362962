package pinfold.scenario.litmus;

import java.util.List;
import pinfold.kernel.zone.CompactPriority;

/** What a task of a litmus test does. */
public sealed interface Action {
  /** A verb with folios, {@code times} times. */
  record OnFolios(Verb verb, List<FolioRange> folios, int times) implements Action {
    public OnFolios {
      folios = List.copyOf(folios);
    }
  }

  /** A verb without folios. */
  record Plain(PlainVerb verb) implements Action {}

  /** Writes to pages that nothing else uses and that were never touched. */
  record WriteElsewhere(int pages) implements Action {}

  /** A write of so many pages to the memory cgroup's memory.reclaim. */
  record Reclaim(int pages) implements Action {}

  /**
   * Direct compaction for a request that found nothing, from the CPU's node.
   *
   * @param longterm the request is for a long-term pin, else for user memory
   */
  record Compact(int order, boolean longterm, CompactPriority priority) implements Action {}

  /**
   * cma_alloc() of the CMA area of a node.
   *
   * @param pages {@link #WHOLE_AREA} for all of it
   * @param align of the first page, in pages
   */
  record CmaAlloc(int node, int pages, int align) implements Action {
    static final int WHOLE_AREA = -1;
  }

  /** cma_release() of what the last cma_alloc() of a node's area got that still has it. */
  record CmaRelease(int node) implements Action {}

  /**
   * A long-term pin.
   *
   * @param folios neighbours, in the order of the address space
   * @param touch the slow path marks accessed what it pins
   * @param release each call that succeeded drops its pins at once; only with {@link PinMethod#IO_URING}
   * @param callPages pages of a call; a call that fails is the last
   */
  record Pin(List<FolioRange> folios, PinMethod method, boolean touch, boolean release, int callPages) implements Action {
    public Pin {
      folios = List.copyOf(folios);
    }
  }

  /** Who pins. */
  enum PinMethod {
    VFIO, IO_URING, GUP
  }
}
