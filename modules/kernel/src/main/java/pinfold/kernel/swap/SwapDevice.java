package pinfold.kernel.swap;

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
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.folio.ShadowMap;
import pinfold.kernel.node.BurstOp;

/**
 * The slots of a swap device and its swap cache (mm/swapfile.c, mm/swap_state.c, 6.12). A device like zram is only that: the CPU that
 * reads or writes does the work, so that this takes time there and nothing is ever under writeback. One like an SSD also reads and
 * writes by itself ({@link IoQueue}).
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
 * answered when all are read; WRITE_FILE pfn…, with {@link BurstOp#RUN_BEGINS} where it is no neighbour of the one before, answered
 * as SWAP_WRITE. SWAP_AWAIT_WRITE pfn, answered by SWAP_WRITE_OVER when the device writes it no more.
 *
 * <p>Without sent-at and task, and unanswered: SWAP_UNCACHE (handle &lt;&lt; 32 | pfn, {@link Shadow} or 0)…: the folios were freed,
 * their slots have the content. SWAP_ORPHAN (handle &lt;&lt; 32 | pfn)…: they are orphans. SWAP_FORGET handle…: the folios left the swap
 * cache and nobody needs their slots. SWAP_MOVED (handle &lt;&lt; 32 | old pfn, new pfn)…: if it is in the swap cache the folio has moved.
 * SWAP_FREE slot…: they were read, and nobody needs them. SWAP_CANCEL (handle &lt;&lt; 32 | pfn)…: as SWAP_FORGET for a page of tmpfs,
 * which did not enter the swap cache after all; another folio of the same page may have its slot by then. READ_FILE (pages, pfn…)…: runs
 * of so many neighbouring pages each of a file are to be read; the memory nodes of the folios are told of the end of each run by
 * READ_ENDED pfn….
 */
public final class SwapDevice extends Entity implements Counting, HoldsFolios {
  /** Instead of a slot: there is none left. */
  public static final int FULL = -1;

  private final Directory directory;
  private final CostModel cost;
  private final int slots;
  private final long readNanos;
  private final long writeNanos;
  private final long seekNanos;
  /** CPUs that are interrupted, in turn by channel; none: whoever asked. */
  private final int[] interruptCpus;
  private final IoQueue queue;
  /** By pfn, ns: when the device has written the page, of those that it writes. */
  private final TreeMap<Integer, Long> writtenNanos = new TreeMap<>();
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
    this.seekNanos = spec.seekNanos();
    this.interruptCpus = spec.interruptCpus().stream().mapToInt(Integer::intValue).toArray();
    this.queue = new IoQueue(spec.channels(), spec.queueDepth());
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
      case Messages.SWAP_WRITE, Messages.WRITE_FILE -> write(event);
      case Messages.SWAP_READ -> read(event);
      case Messages.READ_FILE -> readFile(event);
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
        long over = Math.max(nowNanos(), writtenNanos.getOrDefault(event.intWord(2), 0L));
        long link = directory.links().latencyNanos(id(), event.origin());
        open(event.origin(), over + link, Messages.SWAP_WRITE_OVER).add(event.word(1)).close();
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
    state.put(slot, newPfn + 1);
  }

  // ---- Input and output

  private void write(Event event) {
    boolean waits = false;
    writtenNanos.values().removeIf(done -> done <= nowNanos());
    EventBatch interrupt = null;
    long interruptNanos = -1;
    int interrupted = -1;
    for (int i = 2; i < event.length(); i++) {
      boolean behind = i > 2 && (event.word(i) & BurstOp.RUN_BEGINS) == 0;
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
    long submitted = event.word(0) + (event.length() - 2) * cost.of(Cost.SWAP_SUBMIT_PAGE);
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
    for (int i = 0; i < event.length(); ) {
      int pages = event.intWord(i++);
      long done = queue.add(nowNanos(), seekNanos + pages * readNanos);
      for (int end = i + pages; i < end; ) {
        int node = directory.nodeOfPfn(event.intWord(i));
        int to = directory.node(node);
        EventBatch out = open(to, done + directory.links().latencyNanos(id(), to), Messages.READ_ENDED);
        for (; i < end && directory.nodeOfPfn(event.intWord(i)) == node; i++) {
          out.add(event.intWord(i));
        }
        out.close();
      }
    }
  }

  // ---- Slots

  private int alloc(int handle, int pfn) {
    if (orphans.get(pfn) != 0) {
      return orphans.get(pfn) - 1;
    }
    int known = slot(handle);
    if (known >= 0) {
      state.put(known, pfn + 1);
      return known;
    }
    int slot;
    if (firstFree != 0) {
      slot = firstFree - 1;
      firstFree = nextFree.get(slot);
      nextFree.remove(slot);
    } else if (fresh < slots) {
      slot = fresh++;
    } else {
      return FULL;
    }
    used++;
    state.put(slot, pfn + 1);
    slotOf.put(handle, slot + 1);
    handleOf.put(slot, handle);
    return slot;
  }

  private void free(int slot) {
    assert state.get(slot) != 0 : name() + ": slot " + slot + " freed twice";
    state.remove(slot);
    shadows.put(slot, 0);
    handleOf.remove(slot);
    nextFree.put(slot, firstFree);
    firstFree = slot + 1;
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
      boolean writes = event.kind() == Messages.SWAP_WRITE || event.kind() == Messages.WRITE_FILE;
      for (int i = 2; writes && i < event.length(); i++) {
        to.writeback(event.intWord(i));
      }
    });
  }

  @Override
  public void hashState(StateHash hash) {
    queue.hashState(hash);
    hash.add(fresh).add(firstFree).add(used);
    for (int slot = 0; slot < fresh; slot++) {
      hash.add(state.get(slot));
    }
    shadows.hashState(hash);
  }
}
