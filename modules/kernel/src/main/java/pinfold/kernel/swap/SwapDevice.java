package pinfold.kernel.swap;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.folio.IntMap;

/**
 * The slots of a swap device and its swap cache (mm/swapfile.c, mm/swap_state.c, 6.12). The device is like zram or a RAM disk: the
 * CPU that reads or writes does the work, so that this takes time there and nothing is ever under writeback here.
 *
 * <p>A slot belongs to one page of one address space, as nothing is shared by fork; that page's rmap handle names a folio here, as
 * it stays what it is when the folio moves. Requests (after sent-at and task): SWAP_ALLOC (handle &lt;&lt; 32 | pfn)…, answered by a
 * slot each, -1 when the device is full; a folio that is in the swap cache keeps its slot. SWAP_LOOKUP slot…, answered by the pfn
 * that the swap cache has for it, 0 for none. SWAP_RELEASE slot…: nobody needs the slots any more; answered as a look-up, and the
 * swap cache forgets those folios. Without sent-at and task, and unanswered: SWAP_UNCACHE handle…: the folios were freed, their
 * slots have the content. SWAP_FORGET handle…: the folios left the swap cache and nobody needs their slots. SWAP_MOVED (handle
 * &lt;&lt; 32 | old pfn, new pfn)…: if it is in the swap cache the folio has moved. SWAP_FREE slot…:
 * they were read, and nobody needs them.
 */
public final class SwapDevice extends Entity {
  /** Instead of a slot: there is none left. */
  public static final int FULL = -1;

  private final Directory directory;
  private final CostModel cost;
  private final int slots;
  /** By slot: pfn + 1 of the folio in the swap cache, -1 in use without one, 0 free. */
  private final IntMap state = new IntMap();
  /** By handle of a folio in the swap cache: slot + 1. */
  private final IntMap slotOf = new IntMap();
  private final IntMap handleOf = new IntMap();
  /** Freed slots, each with the next one + 1; those from {@link #fresh} on were never used. */
  private final IntMap nextFree = new IntMap();
  private int firstFree;
  private int fresh;
  private int used;

  public SwapDevice(Directory directory, long seed, CostModel cost, int slots) {
    super(directory.swap(), seed);
    this.directory = directory;
    this.cost = cost;
    this.slots = slots;
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
          out.add(Math.max(0, cached(event.intWord(i))));
        }
        out.close();
      }
      case Messages.SWAP_RELEASE -> {
        EventBatch out = answer(event, Messages.SWAP_FOUND);
        for (int i = 2; i < event.length(); i++) {
          int slot = event.intWord(i);
          out.add(Math.max(0, cached(slot)));
          if (slot(handleOf.get(slot)) == slot) {
            slotOf.remove(handleOf.get(slot));
          }
          free(slot);
        }
        out.close();
      }
      case Messages.SWAP_UNCACHE -> {
        for (int i = 0; i < event.length(); i++) {
          int slot = slot(event.intWord(i));
          // A release may have come first and found it still here.
          if (slot >= 0) {
            slotOf.remove(event.intWord(i));
            state.put(slot, -1);
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
      case Messages.SWAP_FREE -> {
        for (int i = 0; i < event.length(); i++) {
          free(event.intWord(i));
        }
      }
      case Messages.SWAP_MOVED -> {
        for (int i = 0; i < event.length(); i += 2) {
          int slot = slot((int) (event.word(i) >>> 32));
          if (slot >= 0 && cached(slot) == event.intWord(i)) {
            state.put(slot, event.intWord(i + 1) + 1);
          }
        }
      }
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private int alloc(int handle, int pfn) {
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

  /** Whether a slot is in use; read it only while no window runs. */
  public boolean isUsed(int slot) {
    return state.get(slot) != 0;
  }

  /** Slots in use; read it only while no window runs. */
  public int used() {
    return used;
  }

  @Override
  public void hashState(StateHash hash) {
    hash.add(fresh).add(firstFree).add(used);
    for (int slot = 0; slot < fresh; slot++) {
      hash.add(state.get(slot));
    }
  }
}
