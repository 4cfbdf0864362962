package pinfold.kernel.mm;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.folio.ShadowMap;

/**
 * One inode's page cache: page of the file to pfn, or to the shadow of a folio that reclaim has freed; of a file in tmpfs also to the slot
 * of a page that is in swap. Whose message puts something in a page's place has it from then on: who reads a page from swap takes the
 * place of the slot first, and who truncates takes the slot away.
 *
 * <p>Requests (after sent-at and task): FILE_LOOKUP page, pages, answered by a pfn, 0 or {@link #SWAPPED} | slot each. FILE_ADD
 * (page &lt;&lt; 32 | pfn)…, answered by what is there now, each: the new one, or what somebody else put there first. Where the new one
 * took the place of a shadow, the answer is that. FILE_SWAP_IN page &lt;&lt; 32 | pfn, slot, answered by 1 if it took the place of
 * that slot, else 0. FILE_FREE_SWAP (page &lt;&lt; 32 | slot)…, answered by 1 each if that slot was there, and nothing is now.
 * FILE_REPLACE (page &lt;&lt; 32 | pfn)… without sent-at and task, unanswered: a migrated folio takes the place of the old.
 * FILE_REMOVE (page &lt;&lt; 32 | pfn, {@link Shadow} or 0)…, unanswered as well: a folio was dropped. FILE_MOVED (page &lt;&lt; 32 |
 * old pfn, new pfn)…: as FILE_REPLACE where there is swap, and a folio that is in the swap cache may have moved there. FILE_SWAP_OUT
 * page &lt;&lt; 32 | pfn, slot: the folio has left for the swap cache; if it was moved just before, this comes before FILE_MOVED.
 * FILE_SWAP_BACK page, slot: FILE_SWAP_IN has succeeded, but the folio was not to be had.
 */
public final class FileMapping extends Entity implements Counting, HoldsFolios {
  /** Bit of an answer: not a pfn but a slot. */
  public static final long SWAPPED = 1L << 40;

  private static final int CHUNK_SHIFT = 9;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

  private final Directory directory;
  private final int file;
  /** 0, a pfn, or -1 - slot. */
  private final int[][] chunks;
  /** By page: pfn and slot of a folio that was swapped out, and of which it is not known here yet that it took the place of another. */
  private final IntMap aheadPfn = new IntMap();
  private final IntMap aheadSlot = new IntMap();
  private final ShadowMap shadows;
  private final Counters counters = new Counters();

  public FileMapping(Directory directory, int file, long seed, int pages) {
    super(directory.file(file), seed);
    this.directory = directory;
    this.file = file;
    this.chunks = new int[(pages + CHUNK_MASK) >>> CHUNK_SHIFT][];
    this.shadows = new ShadowMap(pages);
  }

  @Override
  public String name() {
    return "file" + file;
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.FILE_LOOKUP -> {
        int first = event.intWord(2);
        int pages = event.intWord(3);
        EventBatch out = answer(event, Messages.FILE_FOUND);
        for (int page = first; page < first + pages; page++) {
          out.add(wordOf(entry(page)));
        }
        out.close();
      }
      case Messages.FILE_ADD -> {
        EventBatch out = answer(event, Messages.FILE_ADDED);
        for (int i = 2; i < event.length(); i++) {
          out.add(add((int) (event.word(i) >>> 32), event.intWord(i)));
        }
        out.close();
      }
      case Messages.FILE_REPLACE -> {
        for (int i = 0; i < event.length(); i++) {
          set((int) (event.word(i) >>> 32), event.intWord(i));
        }
      }
      case Messages.FILE_REMOVE -> {
        for (int i = 0; i < event.length(); i += 2) {
          int page = (int) (event.word(i) >>> 32);
          assert pfn(page) == event.intWord(i) : name() + ": another folio took the place of a dropped one";
          set(page, 0);
          shadows.put(page, event.word(i + 1));
        }
      }
      case Messages.FILE_MOVED -> {
        for (int i = 0; i < event.length(); i += 2) {
          moved((int) (event.word(i) >>> 32), event.intWord(i), event.intWord(i + 1));
        }
      }
      case Messages.FILE_SWAP_OUT -> swapOut((int) (event.word(0) >>> 32), event.intWord(0), event.intWord(1));
      case Messages.FILE_SWAP_IN -> {
        boolean there = replaceSlot((int) (event.word(2) >>> 32), event.intWord(3), event.intWord(2));
        answer(event, Messages.FILE_SWAPPED_IN).add(there ? 1 : 0).close();
      }
      case Messages.FILE_SWAP_BACK -> set(event.intWord(0), -1 - event.intWord(1));
      case Messages.FILE_FREE_SWAP -> {
        EventBatch out = answer(event, Messages.FILE_SWAP_FREED);
        for (int i = 2; i < event.length(); i++) {
          out.add(replaceSlot((int) (event.word(i) >>> 32), event.intWord(i), 0) ? 1 : 0);
        }
        out.close();
      }
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private void moved(int page, int oldPfn, int newPfn) {
    if (entry(page) != oldPfn) {
      return;
    }
    boolean swappedOut = aheadPfn.get(page) == newPfn;
    set(page, swappedOut ? -1 - aheadSlot.get(page) : newPfn);
    if (swappedOut) {
      aheadPfn.remove(page);
      aheadSlot.remove(page);
    }
  }

  private void swapOut(int page, int pfn, int slot) {
    if (entry(page) == pfn) {
      set(page, -1 - slot);
    } else {
      assert entry(page) > 0 : name() + ": page " + page + " is swapped out, and nothing is there";
      aheadPfn.put(page, pfn);
      aheadSlot.put(page, slot);
    }
  }

  private boolean replaceSlot(int page, int slot, int by) {
    if (entry(page) != -1 - slot) {
      return false;
    }
    set(page, by);
    return true;
  }

  private static long wordOf(int entry) {
    return entry < 0 ? SWAPPED | -1 - entry : entry;
  }

  /** Whether an answer names a slot. */
  public static boolean isSwapped(long word) {
    return word > 0 && (word & SWAPPED) != 0;
  }

  private long add(int page, int pfn) {
    int there = entry(page);
    if (there != 0) {
      return wordOf(there);
    }
    set(page, pfn);
    long shadow = shadows.get(page);
    shadows.put(page, 0);
    return shadow != 0 ? shadow : pfn;
  }

  private EventBatch answer(Event event, int kind) {
    long at = nowNanos() + directory.links().latencyNanos(id(), event.origin());
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - event.word(0));
    return open(event.origin(), at, kind).add(event.word(1));
  }

  /** The page's pfn, 0 when it is not in the cache; from outside, read it only while no window runs. */
  public int pfn(int page) {
    return Math.max(0, entry(page));
  }

  /** The page's slot, -1 when it is not in swap; from outside, read it only while no window runs. */
  public int slot(int page) {
    return Math.max(-1, -1 - entry(page));
  }

  private int entry(int page) {
    int[] chunk = chunks[page >>> CHUNK_SHIFT];
    return chunk == null ? 0 : chunk[page & CHUNK_MASK];
  }

  /** What folios that reclaim has freed have left, by page; read it only while no window runs. */
  public ShadowMap shadows() {
    return shadows;
  }

  /** Number of pages that it has room for. */
  public int pages() {
    return chunks.length << CHUNK_SHIFT;
  }

  @Override
  public void report(Holdings to) {
    forEachPending(event -> {
      boolean moves = event.kind() == Messages.FILE_MOVED;
      boolean changes = moves || event.kind() == Messages.FILE_REPLACE || event.kind() == Messages.FILE_REMOVE;
      int words = event.kind() == Messages.FILE_REPLACE ? 1 : 2;
      for (int i = 0; changes && i < event.length(); i += words) {
        to.inMotion(event.intWord(i));
        to.inMotion(pfn((int) (event.word(i) >>> 32)));
        if (moves) {
          to.inMotion(event.intWord(i + 1));
        }
      }
    });
  }

  private void set(int page, int pfn) {
    int[] chunk = chunks[page >>> CHUNK_SHIFT];
    if (chunk == null) {
      chunk = new int[1 << CHUNK_SHIFT];
      chunks[page >>> CHUNK_SHIFT] = chunk;
    }
    chunk[page & CHUNK_MASK] = pfn;
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public void hashState(StateHash hash) {
    for (int[] chunk : chunks) {
      if (chunk != null) {
        for (int pfn : chunk) {
          hash.add(pfn);
        }
      }
    }
    shadows.hashState(hash);
  }
}
