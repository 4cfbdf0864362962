package pinfold.kernel.cpu;

import java.util.Arrays;
import java.util.function.IntToLongFunction;
import pinfold.kernel.cpu.Programs.OneCall;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.ThrottleReason;

/**
 * What scripts let tasks do to folios that they name by pfn, as drivers, file systems and the page cache do it: without a page
 * table and without faults. The folios must be there when the task runs.
 */
public final class FolioPrograms {
  private FolioPrograms() {}

  /** folio_mark_accessed(), {@code times} times over all of them. */
  public static TaskProgram markAccessed(int[] pfns, int times) {
    long[] words = words(pfns, pfn -> BurstOp.TOUCH.word(pfn, 0));
    long[] all = new long[words.length * times];
    for (int i = 0; i < all.length; i++) {
      all[i] = words[i % words.length];
    }
    return each("mark_accessed", all);
  }

  /** folio_get(): a reference that nothing accounts for, as a pipe or a driver holds one. */
  public static TaskProgram get(int[] pfns) {
    return each("get", words(pfns, pfn -> BurstOp.GET.word(pfn, 0)));
  }

  /** folio_put(). */
  public static TaskProgram put(int[] pfns) {
    return each("put", words(pfns, pfn -> BurstOp.PUT.word(pfn, 0)));
  }

  /** unpin_user_page() of every small folio. */
  public static TaskProgram unpin(int[] pfns) {
    return each("unpin", words(pfns, pfn -> BurstOp.UNPIN.word(pfn, 0)));
  }

  /** unpin_user_pages() of {@code pages} pages of one large folio. */
  public static TaskProgram unpinLarge(int pfn, int pages) {
    return each("unpin", new long[] {BurstOp.UNPIN.word(pfn, BurstOp.LARGE | pages)});
  }

  /** folio_rotate_reclaimable(), as the end of a write-back calls it. */
  public static TaskProgram rotate(int[] pfns) {
    return each("rotate", words(pfns, pfn -> BurstOp.ROTATE.word(pfn, 0)));
  }

  /** deactivate_file_folio(). */
  public static TaskProgram deactivateFile(int[] pfns) {
    return each("deactivate_file", words(pfns, pfn -> BurstOp.DEACTIVATE_FILE.word(pfn, 0)));
  }

  /** folio_isolate_lru(): the folios stay isolated. The result is how many could be. */
  public static TaskProgram isolate(int[] pfns) {
    return each("isolate", words(pfns, pfn -> BurstOp.ISOLATE.word(pfn, 0)));
  }

  /** putback_movable_pages() of folios that {@link #isolate} took. */
  public static TaskProgram putback(int[] pfns) {
    return each("putback", words(pfns, pfn -> BurstOp.PUTBACK.word(pfn, 0)));
  }

  /** Isolates the folios, which are of one node, and gives them to shrink_folio_list(). The result is how many were freed. */
  public static TaskProgram pageOut(int[] pfns) {
    return new OneCall("reclaim", () -> new PageOut(pfns));
  }

  /** reclaim_throttle() of a node, as reclaim calls it. */
  public static TaskProgram throttle(int node, ThrottleReason reason) {
    return new OneCall("throttle", () -> new Throttle(node, reason));
  }

  /** move_pages() within the node. The result is how many folios stayed. */
  public static TaskProgram migrate(int[] pfns) {
    return new OneCall("move_pages", () -> new MovePages(pfns));
  }

  private static long[] words(int[] pfns, IntToLongFunction word) {
    return Arrays.stream(pfns).mapToLong(word::applyAsLong).toArray();
  }

  private static TaskProgram each(String comm, long[] words) {
    return new OneCall(comm, () -> new HeldFolios(words, new LongList(), true));
  }
}
