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
import pinfold.kernel.folio.LongList;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.folio.ShadowMap;

/**
 * One inode's page cache: page of the file to pfn, or to the shadow of a folio that reclaim has freed; of a file in tmpfs also to the slot
 * of a page that is in swap. Whose message puts something in a page's place has it from then on: who reads a page from swap takes the
 * place of the slot first, and who truncates takes the slot away.
 *
 * <p>Requests (after sent-at and task): FILE_LOOKUP page, pages, answered by a pfn, 0 or {@link #SWAPPED} | slot each. FILE_ADD
 * (page &lt;&lt; 32 | pfn)…, answered by what is there now, each: the new one, or what somebody else put there first. Where the new one
 * took the place of a shadow, the answer is that. FILE_SWAP_IN page &lt;&lt; 32 | pfn, slot, answered by 1 if it took the place of that
 * slot, else 0. FILE_FREE_SWAP (page &lt;&lt; 32 | slot)…, answered by 1 each if that slot was there, and nothing is now. FILE_TO_WRITE
 * pages, answered by (page &lt;&lt; 32 | pfn)… of that many dirty pages at most, from where the last answer ended on; they count as clean
 * from here on.
 *
 * <p>Without sent-at and task, and unanswered: FILE_MOVED (page &lt;&lt; 32 | old pfn, new pfn)…: a migrated folio takes the place of the
 * old. FILE_REMOVE (page &lt;&lt; 32 | pfn, {@link Shadow} or 0)…: a folio was dropped. FILE_SWAP_OUT (page &lt;&lt; 32 | pfn, slot)…: it
 * has left for the swap cache. Those three come from whoever did it, so what happened to a folio may be known here before it is known that
 * it came; it is done then. FILE_DIRTY page…: they are dirty. FILE_SWAP_BACK page, slot: FILE_SWAP_IN has succeeded, but the folio was
 * not to be had.
 */
public final class FileMapping extends Entity implements Counting, HoldsFolios {
  /** Bit of an answer: not a pfn but a slot. */
  public static final long SWAPPED = 1L << 40;

  private static final int CHUNK_SHIFT = 9;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

  private final Directory directory;
  private final int file;
  /** By page: 0, a pfn, or -1 - slot. */
  private final int[][] chunks;
  private final ShadowMap shadows;
  /** What happened to folios that have not come yet: page &lt;&lt; 32 | pfn, what is there instead, the shadow. */
  private final LongList ahead = new LongList();
  /** Dirty pages (PAGECACHE_TAG_DIRTY), a bit each. */
  private final long[] dirty;
  /** writeback_index: where the flusher goes on. */
  private int writeFrom;
  private final Counters counters = new Counters();

  public FileMapping(Directory directory, int file, long seed, int pages) {
    super(directory.file(file), seed);
    this.directory = directory;
    this.file = file;
    this.chunks = new int[(pages + CHUNK_MASK) >>> CHUNK_SHIFT][];
    this.shadows = new ShadowMap(pages);
    this.dirty = new long[(pages + 63) >>> 6];
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
      case Messages.FILE_MOVED -> {
        for (int i = 0; i < event.length(); i += 2) {
          replace(event.word(i), event.intWord(i + 1), 0);
        }
      }
      case Messages.FILE_REMOVE -> {
        for (int i = 0; i < event.length(); i += 2) {
          replace(event.word(i), 0, event.word(i + 1));
        }
      }
      case Messages.FILE_SWAP_OUT -> {
        for (int i = 0; i < event.length(); i += 2) {
          replace(event.word(i), -1 - event.intWord(i + 1), 0);
        }
      }
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
      case Messages.FILE_DIRTY -> {
        for (int i = 0; i < event.length(); i++) {
          dirty[event.intWord(i) >>> 6] |= 1L << event.intWord(i);
        }
      }
      case Messages.FILE_TO_WRITE -> {
        EventBatch out = answer(event, Messages.FILE_IS_TO_WRITE);
        int from = nextDirty(writeFrom) < 0 ? 0 : writeFrom;
        int page = nextDirty(from);
        for (int left = event.intWord(2); left > 0 && page >= 0; left--) {
          dirty[page >>> 6] &= ~(1L << page);
          out.add((long) page << 32 | pfn(page));
          writeFrom = page + 1;
          page = nextDirty(writeFrom);
        }
        out.close();
      }
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  /** The first dirty page from one on, -1 for none. */
  private int nextDirty(int from) {
    for (int word = from >>> 6; word < dirty.length; word++) {
      long bits = dirty[word] & (word == from >>> 6 ? -1L << from : -1L);
      if (bits != 0) {
        return (word << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  /** Whether a page is dirty and nobody has taken it to write it; read it only while no window runs. */
  public boolean isDirty(int page) {
    return (dirty[page >>> 6] >>> page & 1) != 0;
  }

  /**
   * Another folio, a slot or nothing takes the place of a folio, now or as soon as that has come.
   *
   * @param place page &lt;&lt; 32 | pfn
   * @param by the other's pfn, -1 - slot, or 0 for nothing
   * @param shadow what is left then, 0 for none
   */
  private void replace(long place, int by, long shadow) {
    int page = (int) (place >>> 32);
    assert pfn(page) != 0 : name() + ": page " + page + " is not there, and pfn " + (int) place + " is to give way";
    if (pfn(page) != (int) place) {
      ahead.add(place);
      ahead.add(by);
      ahead.add(shadow);
      return;
    }
    set(page, by);
    if (by == 0) {
      shadows.put(page, shadow);
    }
    long next = (long) page << 32 | by;
    for (int i = 0; by > 0 && i < ahead.size(); i += 3) {
      if (ahead.get(i) == next) {
        int nextBy = (int) ahead.get(i + 1);
        long nextShadow = ahead.get(i + 2);
        for (int word = 2; word >= 0; word--) {
          ahead.remove(i + word);
        }
        replace(next, nextBy, nextShadow);
        return;
      }
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
    for (int i = 0; i < ahead.size(); i += 3) {
      inMotion(to, ahead.get(i), (int) ahead.get(i + 1));
    }
    forEachPending(event -> {
      boolean moves = event.kind() == Messages.FILE_MOVED;
      boolean leaves = event.kind() == Messages.FILE_REMOVE || event.kind() == Messages.FILE_SWAP_OUT;
      for (int i = 0; (moves || leaves) && i < event.length(); i += 2) {
        inMotion(to, event.word(i), moves ? event.intWord(i + 1) : 0);
      }
      for (int i = 0; event.kind() == Messages.FILE_DIRTY && i < event.length(); i++) {
        to.inMotion(pfn(event.intWord(i)));
      }
    });
  }

  private void inMotion(Holdings to, long place, int by) {
    to.inMotion((int) place);
    to.inMotion(pfn((int) (place >>> 32)));
    if (by > 0) {
      to.inMotion(by);
    }
  }

  private void set(int page, int entry) {
    int[] chunk = chunks[page >>> CHUNK_SHIFT];
    if (chunk == null) {
      chunk = new int[1 << CHUNK_SHIFT];
      chunks[page >>> CHUNK_SHIFT] = chunk;
    }
    chunk[page & CHUNK_MASK] = entry;
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public void hashState(StateHash hash) {
    for (int[] chunk : chunks) {
      if (chunk != null) {
        for (int entry : chunk) {
          hash.add(entry);
        }
      }
    }
    shadows.hashState(hash);
    hash.addAll(ahead.words(), 0, ahead.size());
    if (nextDirty(0) >= 0 || writeFrom > 0) {
      hash.addAll(dirty, 0, dirty.length).add(writeFrom);
    }
  }
}
