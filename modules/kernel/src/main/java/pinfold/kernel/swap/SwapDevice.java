package pinfold.kernel.swap;

import java.util.Arrays;
import java.util.TreeMap;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.folio.ShadowMap;

/**
 * The slots of a swap device and its swap cache (mm/swapfile.c, mm/swap_state.c, 6.12). A device like zram is only that: the CPU that
 * reads or writes does the work, so that this takes time there and nothing is ever under writeback. One like an SSD also reads and
 * writes by itself ({@link IoQueue}); a disk with an elevator has an order of slots ({@link SlotClusters}) and of requests
 * ({@link DiskQueue}).
 *
 * <p>A slot belongs to one page of one address space, as nothing is shared by fork; that page's rmap handle names a folio here, as
 * it stays what it is when the folio moves. When nobody needs a slot any more whose folio is still in the swap cache, the folio is an
 * orphan and is named by its pfn; whoever frees it frees the slot. So the handle may name the next folio of that page.
 *
 * <p>Requests (after sent-at and task): SWAP_ALLOC (handle &lt;&lt; 32 | pfn)…, answered by a
 * slot each, -1 when the device is full; a folio that is in the swap cache keeps its slot. SWAP_LOOKUP slot…, answered by the pfn
 * that the swap cache has for it, or by the shadow of the last one that it had, 0 for neither. SWAP_RELEASE slot…: nobody needs the
 * slots any more; answered by the pfn or 0, and those folios are orphans. SWAP_WRITE pfn…, answered by SWAP_SUBMITTED when the device has
 * accepted all of them, and by SWAP_WAIT before if the queue is full; SWAP_WRITTEN tells a CPU of each that is done. SWAP_READ slot…,
 * answered when all are read; WRITE_FILE file, (page &lt;&lt; 32 | pfn)…, answered as SWAP_WRITE. SWAP_AWAIT_WRITE pfn, answered by
 * SWAP_WRITE_OVER when the device writes it no more.
 *
 * <p>Without sent-at and task, and unanswered: SWAP_UNCACHE (handle &lt;&lt; 32 | pfn, {@link Shadow} or 0)…: the folios were freed,
 * their slots have the content. SWAP_ORPHAN (handle &lt;&lt; 32 | pfn)…: they are orphans. SWAP_FORGET handle…: the folios left the swap
 * cache and nobody needs their slots. SWAP_MOVED (handle &lt;&lt; 32 | old pfn, new pfn)…: if it is in the swap cache the folio has moved.
 * SWAP_FREE slot…: they were read, and nobody needs them. SWAP_CANCEL (handle &lt;&lt; 32 | pfn)…: as SWAP_FORGET for a page of tmpfs,
 * which did not enter the swap cache after all; another folio of the same page may have its slot by then. READ_FILE (file &lt;&lt; 32 |
 * page, pages, pfn…)…: runs of so many neighbouring pages each are to be read; the memory nodes of the folios are told of the end of each
 * run by READ_ENDED pfn….
 */
public final class SwapDevice extends Entity implements Counting, HoldsFolios {
  /** Instead of a slot: there is none left. */
  public static final int FULL = -1;
  /** Where files are on a disk: behind the slots. */
  private static final long FILES = 1L << 32;

  private final Directory directory;
  private final CostModel cost;
  private final int slots;
  private final long readNanos;
  private final long writeNanos;
  /** CPUs that are interrupted, in turn by channel; none: whoever asked. */
  private final int[] interruptCpus;
  private final long seekNanos;
  private final IoQueue queue;
  /** By pfn, ns: when the device has written the page, of those that it writes. */
  private final TreeMap<Integer, Long> writtenNanos = new TreeMap<>();
  /** Instead of the queue, if it has an elevator. */
  private final DiskQueue disk;
  private final SlotClusters clusters;
  /** By pfn of a folio that has been in the swap cache: slot + 1. Of a disk only. */
  private final IntMap slotOfPfn = new IntMap();
  /** Writes that the disk has no room for: CPU, task, and so many words, place and pfn of each page. */
  private final LongList outside = new LongList();
  /** By pfn: how often it is among the writes of the disk and those that it has no room for. */
  private final IntMap writing = new IntMap();
  /** Who waits until such a page is written: pfn, then CPU &lt;&lt; 32 | task. */
  private final LongList awaiting = new LongList();
  /** By slot: pfn + 1 of the folio in the swap cache, -1 in use without one, 0 free. */
  private final IntMap state = new IntMap();
  /** By slot, of the folio that was in the swap cache last. */
  private final ShadowMap shadows;
  /** By handle of a folio in the swap cache: slot + 1. */
  private final IntMap slotOf = new IntMap();
  private final IntMap handleOf = new IntMap();
  /** By pfn of an orphan: slot + 1. */
  private final IntMap orphans = new IntMap();
  /** Freed slots, each with the next one + 1; those from {@link #fresh} on were never used. */
  private final IntMap nextFree = new IntMap();
  private int firstFree;
  private int fresh;
  private int used;

  public SwapDevice(Directory directory, long seed, CostModel cost, SwapSpec spec) {
    super(directory.swap(), seed);
    this.directory = directory;
    this.cost = cost;
    this.slots = spec.slots();
    this.shadows = new ShadowMap(slots);
    this.readNanos = spec.readNanos();
    this.writeNanos = spec.writeNanos();
    this.interruptCpus = spec.interruptCpus().stream().mapToInt(Integer::intValue).toArray();
    this.queue = new IoQueue(spec.channels(), spec.queueDepth());
    this.seekNanos = spec.seekNanos();
    this.disk = !spec.elevator() ? null : new DiskQueue(spec.queueDepth(), spec.seekNanos(), readNanos, writeNanos);
    this.clusters = disk == null ? null : new SlotClusters(slots);
  }

  @Override
  public String name() {
    return "swap";
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.SWAP_ALLOC -> {
        EventBatch out = answer(event, Messages.SWAP_ALLOCATED);
        for (int i = 2; i < event.length(); i++) {
          out.add(alloc((int) (event.word(i) >>> 32), event.intWord(i)));
        }
        out.close();
      }
      case Messages.SWAP_LOOKUP -> {
        EventBatch out = answer(event, Messages.SWAP_FOUND);
        for (int i = 2; i < event.length(); i++) {
          int pfn = cached(event.intWord(i));
          out.add(pfn > 0 ? pfn : shadows.get(event.intWord(i)));
        }
        out.close();
      }
      case Messages.SWAP_RELEASE -> {
        EventBatch out = answer(event, Messages.SWAP_FOUND);
        for (int i = 2; i < event.length(); i++) {
          int slot = event.intWord(i);
          int pfn = cached(slot);
          out.add(Math.max(0, pfn));
          if (pfn > 0) {
            orphan(slot, pfn);
          } else {
            free(slot);
          }
        }
        out.close();
      }
      case Messages.SWAP_WRITE, Messages.WRITE_FILE -> {
        if (disk != null) {
          writeToDisk(event);
        } else {
          write(event);
        }
      }
      case Messages.SWAP_READ -> {
        if (disk != null) {
          readFromDisk(event);
        } else {
          read(event);
        }
      }
      case Messages.READ_FILE -> readFile(event);
      case Messages.DISK_DONE -> requestDone();
      case Messages.SWAP_UNCACHE -> {
        for (int i = 0; i < event.length(); i += 2) {
          uncache((int) (event.word(i) >>> 32), event.intWord(i), event.word(i + 1));
        }
      }
      case Messages.SWAP_ORPHAN -> {
        for (int i = 0; i < event.length(); i++) {
          int slot = slot((int) (event.word(i) >>> 32));
          if (slot >= 0 && cached(slot) == event.intWord(i)) {
            orphan(slot, event.intWord(i));
          }
        }
      }
      case Messages.SWAP_FORGET -> {
        for (int i = 0; i < event.length(); i++) {
          int slot = slot(event.intWord(i));
          if (slot >= 0) {
            slotOf.remove(event.intWord(i));
            free(slot);
          }
        }
      }
      case Messages.SWAP_CANCEL -> {
        for (int i = 0; i < event.length(); i++) {
          int slot = slot((int) (event.word(i) >>> 32));
          if (slot >= 0 && cached(slot) == event.intWord(i)) {
            slotOf.remove((int) (event.word(i) >>> 32));
            free(slot);
          }
        }
      }
      case Messages.SWAP_AWAIT_WRITE -> {
        if (writing.get(event.intWord(2)) != 0) {
          awaiting.add(event.intWord(2));
          awaiting.add((long) event.origin() << 32 | event.word(1));
        } else {
          writeOver(event.origin(), event.intWord(1), Math.max(nowNanos(), writtenNanos.getOrDefault(event.intWord(2), 0L)));
        }
      }
      case Messages.SWAP_FREE -> {
        for (int i = 0; i < event.length(); i++) {
          free(event.intWord(i));
        }
      }
      case Messages.SWAP_MOVED -> {
        for (int i = 0; i < event.length(); i += 2) {
          moved((int) (event.word(i) >>> 32), event.intWord(i), event.intWord(i + 1));
        }
      }
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private void orphan(int slot, int pfn) {
    slotOf.remove(handleOf.get(slot));
    orphans.put(pfn, slot + 1);
  }

  private void uncache(int handle, int pfn, long shadow) {
    int slot = slot(handle);
    if (slot >= 0 && cached(slot) == pfn) {
      slotOf.remove(handle);
      state.put(slot, -1);
      shadows.put(slot, shadow);
    } else if (orphans.get(pfn) != 0) {
      free(orphans.get(pfn) - 1);
      orphans.remove(pfn);
    }
  }

  private void moved(int handle, int oldPfn, int newPfn) {
    int slot = slot(handle);
    if (slot < 0 || cached(slot) != oldPfn) {
      slot = orphans.get(oldPfn) - 1;
      if (slot < 0) {
        return;
      }
      orphans.remove(oldPfn);
      orphans.put(newPfn, slot + 1);
    }
    cache(slot, newPfn);
  }

  // ---- Input and output

  private void write(Event event) {
    boolean waits = false;
    writtenNanos.values().removeIf(done -> done <= nowNanos());
    EventBatch interrupt = null;
    long interruptNanos = -1;
    int interrupted = -1;
    int first = event.kind() == Messages.WRITE_FILE ? 3 : 2;
    for (int i = first; i < event.length(); i++) {
      boolean behind = i > first && (first == 2 || event.word(i) >>> 32 == (event.word(i - 1) >>> 32) + 1);
      long done = queue.add(nowNanos(), writeNanos + (behind ? 0 : seekNanos));
      writtenNanos.put(event.intWord(i), done);
      waits |= queue.acceptedAtNanos() > nowNanos();
      int cpu = interruptCpus.length == 0 ? event.origin() : directory.cpu(interruptCpus[queue.channel() % interruptCpus.length]);
      if (done != interruptNanos || cpu != interrupted) {
        if (interrupt != null) {
          interrupt.close();
        }
        interrupt = open(cpu, done + directory.links().latencyNanos(id(), cpu), Messages.SWAP_WRITTEN);
        interruptNanos = done;
        interrupted = cpu;
      }
      interrupt.add(event.intWord(i));
    }
    if (interrupt != null) {
      interrupt.close();
    }
    long link = directory.links().latencyNanos(id(), event.origin());
    if (waits) {
      open(event.origin(), nowNanos() + link, Messages.SWAP_WAIT).add(event.word(1)).close();
    }
    // The first word of the answer: whether it had to wait.
    long submitted = event.word(0) + (event.length() - first) * cost.of(Cost.SWAP_SUBMIT_PAGE);
    open(event.origin(), Math.max(queue.acceptedAtNanos() + link, submitted), Messages.SWAP_SUBMITTED).add(event.word(1))
        .add(waits ? 1 : 0).close();
  }

  private void read(Event event) {
    long done = nowNanos();
    for (int i = 2; i < event.length(); i++) {
      boolean behind = i > 2 && event.intWord(i) == event.intWord(i - 1) + 1;
      done = Math.max(done, queue.add(nowNanos(), (behind ? 0 : seekNanos) + readNanos));
    }
    long link = directory.links().latencyNanos(id(), event.origin());
    open(event.origin(), done + link, Messages.SWAP_READ_DONE).add(event.word(1)).close();
  }

  /** A request for each run; whoever waits for a page of it waits for all of it. */
  private void readFile(Event event) {
    for (int i = 0, pages; i < event.length(); i += 2 + pages) {
      pages = event.intWord(i + 1);
      int first = event.offset() + i + 2;
      if (disk != null) {
        disk.readFile(nowNanos(), event.origin(), FILES + event.word(i), event.words(), first, pages);
      } else {
        readEnded(event.words(), first, first + pages, queue.add(nowNanos(), seekNanos + pages * readNanos));
      }
    }
    if (disk != null) {
      beginRequest();
    }
  }

  private void readEnded(long[] pfns, int from, int end, long doneNanos) {
    for (int i = from; i < end; ) {
      int node = directory.nodeOfPfn((int) pfns[i]);
      int to = directory.node(node);
      EventBatch out = open(to, doneNanos + directory.links().latencyNanos(id(), to), Messages.READ_ENDED);
      for (; i < end && directory.nodeOfPfn((int) pfns[i]) == node; i++) {
        out.add((int) pfns[i]);
      }
      out.close();
    }
  }

  // ---- The same with an elevator

  private void writeToDisk(Event event) {
    boolean file = event.kind() == Messages.WRITE_FILE;
    int first = file ? 3 : 2;
    LongList pages = new LongList();
    for (int i = first; i < event.length(); i++) {
      pages.add(file ? FILES + (event.word(2) << 32 | event.word(i) >>> 32) : slotOfPfn(event.intWord(i)));
      pages.add(event.intWord(i));
      writing.put(event.intWord(i), writing.get(event.intWord(i)) + 1);
    }
    boolean alone = outside.isEmpty();
    int taken = 0;
    while (taken < pages.size() && disk.write(nowNanos(), event.origin(), (int) pages.get(taken + 1), pages.get(taken), alone)) {
      taken += 2;
    }
    if (taken == pages.size()) {
      submitted(event.origin(), event.word(1), event.word(0) + (event.length() - first) * cost.of(Cost.SWAP_SUBMIT_PAGE), false);
    } else {
      long link = directory.links().latencyNanos(id(), event.origin());
      open(event.origin(), nowNanos() + link, Messages.SWAP_WAIT).add(event.word(1)).close();
      outside.add(event.origin());
      outside.add(event.word(1));
      outside.add(pages.size() - taken);
      outside.addAll(pages.words(), taken, pages.size() - taken);
    }
    beginRequest();
  }

  private void submitted(int origin, long task, long notBeforeNanos, boolean waited) {
    long at = Math.max(nowNanos() + directory.links().latencyNanos(id(), origin), notBeforeNanos);
    open(origin, at, Messages.SWAP_SUBMITTED).add(task).add(waited ? 1 : 0).close();
  }

  private int slotOfPfn(int pfn) {
    int slot = slotOfPfn.get(pfn) - 1;
    assert slot >= 0 && cached(slot) == pfn : name() + ": pfn " + pfn + " is to be written and has no slot";
    return slot;
  }

  private void readFromDisk(Event event) {
    long[] words = Arrays.copyOfRange(event.words(), event.offset() + 2, event.offset() + event.length());
    Arrays.sort(words);
    for (int i = 0, first = 0; i < words.length; i++) {
      if (i + 1 == words.length || words[i + 1] != words[i] + 1) {
        disk.readSlots(nowNanos(), event.origin(), event.word(1), words[first], i + 1 - first);
        first = i + 1;
      }
    }
    beginRequest();
  }

  private void beginRequest() {
    long done = disk.begin(nowNanos());
    if (done >= 0) {
      schedule(done, Messages.DISK_DONE);
    }
  }

  private void requestDone() {
    DiskRequest done = disk.complete();
    if (done.write()) {
      int cpu = interruptCpus.length == 0 ? done.origin() : directory.cpu(interruptCpus[0]);
      open(cpu, nowNanos() + directory.links().latencyNanos(id(), cpu), Messages.SWAP_WRITTEN)
          .addAll(done.pfns().words(), 0, done.pfns().size()).close();
      for (int i = 0; i < done.pfns().size(); i++) {
        written((int) done.pfns().get(i));
      }
      takeFromOutside();
    } else if (!done.pfns().isEmpty()) {
      readEnded(done.pfns().words(), 0, done.pfns().size(), nowNanos());
    } else if (!disk.reads(done.origin(), done.task())) {
      open(done.origin(), nowNanos() + directory.links().latencyNanos(id(), done.origin()), Messages.SWAP_READ_DONE).add(done.task())
          .close();
    }
    beginRequest();
  }

  private void written(int pfn) {
    int left = writing.get(pfn) - 1;
    if (left > 0) {
      writing.put(pfn, left);
      return;
    }
    writing.remove(pfn);
    for (int i = 0; i < awaiting.size(); ) {
      if (awaiting.get(i) == pfn) {
        writeOver((int) (awaiting.get(i + 1) >>> 32), (int) awaiting.get(i + 1), nowNanos());
        awaiting.remove(i + 1);
        awaiting.remove(i);
      } else {
        i += 2;
      }
    }
  }

  private void writeOver(int origin, int task, long overNanos) {
    open(origin, overNanos + directory.links().latencyNanos(id(), origin), Messages.SWAP_WRITE_OVER).add(task).close();
  }

  private void takeFromOutside() {
    while (!outside.isEmpty()) {
      int origin = (int) outside.get(0);
      long task = outside.get(1);
      int words = (int) outside.get(2);
      int taken = 0;
      while (taken < words && disk.write(nowNanos(), origin, (int) outside.get(4 + taken), outside.get(3 + taken), true)) {
        taken += 2;
      }
      if (taken < words) {
        outside.removeFirst(taken);
        outside.set(0, origin);
        outside.set(1, task);
        outside.set(2, words - taken);
        return;
      }
      outside.removeFirst(3 + words);
      submitted(origin, task, 0, true);
    }
  }

  // ---- Slots

  private int alloc(int handle, int pfn) {
    if (orphans.get(pfn) != 0) {
      return orphans.get(pfn) - 1;
    }
    int known = slot(handle);
    if (known >= 0) {
      cache(known, pfn);
      return known;
    }
    int slot;
    if (used == slots) {
      return FULL;
    } else if (disk != null) {
      slot = clusters.take(state);
      fresh = Math.max(fresh, slot + 1);
    } else if (firstFree != 0) {
      slot = firstFree - 1;
      firstFree = nextFree.get(slot);
      nextFree.remove(slot);
    } else {
      slot = fresh++;
    }
    used++;
    cache(slot, pfn);
    slotOf.put(handle, slot + 1);
    handleOf.put(slot, handle);
    return slot;
  }

  private void cache(int slot, int pfn) {
    state.put(slot, pfn + 1);
    if (disk != null) {
      slotOfPfn.put(pfn, slot + 1);
    }
  }

  private void free(int slot) {
    assert state.get(slot) != 0 : name() + ": slot " + slot + " freed twice";
    state.remove(slot);
    shadows.put(slot, 0);
    handleOf.remove(slot);
    if (disk == null) {
      nextFree.put(slot, firstFree);
      firstFree = slot + 1;
    }
    used--;
  }

  private EventBatch answer(Event event, int kind) {
    long done = event.word(0) + (event.length() - 2) * cost.of(Cost.SWAP_SLOT);
    long at = Math.max(nowNanos() + directory.links().latencyNanos(id(), event.origin()), done);
    return open(event.origin(), at, kind).add(event.word(1));
  }

  /** The folio that the swap cache has for a slot, 0 or less for none; read it only while no window runs. */
  public int cached(int slot) {
    return state.get(slot) - 1;
  }

  /** The slot of a folio in the swap cache, by its rmap handle, -1 for none; read it only while no window runs. */
  public int slot(int handle) {
    return slotOf.get(handle) - 1;
  }

  /** The slot of an orphan, by its pfn, -1 for none; read it only while no window runs. */
  public int orphanSlot(int pfn) {
    return orphans.get(pfn) - 1;
  }

  /** What folios that reclaim has freed have left, by slot; read it only while no window runs. */
  public ShadowMap shadows() {
    return shadows;
  }

  /** Whether a slot is in use; read it only while no window runs. */
  public boolean isUsed(int slot) {
    return state.get(slot) != 0;
  }

  /** Slots in use; read it only while no window runs. */
  public int used() {
    return used;
  }

  @Override
  public Counters counters() {
    Counters counters = new Counters();
    counters.add(VmCounter.NR_SWAP_SLOTS, used);
    return counters;
  }

  @Override
  public void report(Holdings to) {
    forEachPending(event -> {
      boolean file = event.kind() == Messages.WRITE_FILE;
      for (int i = file ? 3 : 2; (file || event.kind() == Messages.SWAP_WRITE) && i < event.length(); i++) {
        to.writeback(event.intWord(i));
      }
    });
    if (disk != null) {
      disk.forEach(request -> {
        for (int i = 0; request.write() && i < request.pfns().size(); i++) {
          to.writeback((int) request.pfns().get(i));
        }
      });
      for (int entry = 0; entry < outside.size(); entry += 3 + (int) outside.get(entry + 2)) {
        for (int i = 0; i < outside.get(entry + 2); i += 2) {
          to.writeback((int) outside.get(entry + 4 + i));
        }
      }
    }
  }

  @Override
  public void hashState(StateHash hash) {
    queue.hashState(hash);
    hash.add(fresh).add(firstFree).add(used);
    for (int slot = 0; slot < fresh; slot++) {
      hash.add(state.get(slot));
    }
    shadows.hashState(hash);
    if (disk != null) {
      disk.hashState(hash);
      clusters.hashState(hash);
      hash.addAll(outside.words(), 0, outside.size()).addAll(awaiting.words(), 0, awaiting.size());
    }
  }
}
