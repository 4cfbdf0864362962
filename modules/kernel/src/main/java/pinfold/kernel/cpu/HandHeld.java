package pinfold.kernel.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;

/**
 * What outlives the calls that a CPU's tasks made: pins that a device or a ring keeps, and what scripts took by hand
 * ({@link FolioPrograms}). For checks, and for a task that is killed.
 */
final class HandHeld implements HoldsFolios {
  private final List<Pins> pins = new ArrayList<>();
  private final TreeMap<Integer, Integer> references = new TreeMap<>();
  private final TreeMap<Integer, Integer> pinChanges = new TreeMap<>();
  private final TreeMap<Integer, Integer> isolated = new TreeMap<>();

  /** Pinned entries of an address space. */
  private record Pins(int space, LongList entries) {}

  /** A list of pinned entries that its owner empties when it has given the pins back. */
  void keepPins(int space, LongList list) {
    pins.removeIf(known -> known.entries.isEmpty() || known.entries == list);
    pins.add(new Pins(space, list));
  }

  /** A list of pins of an address space, null when there is none any more. */
  LongList pinsOf(int space) {
    return pins.stream().filter(known -> known.space == space && !known.entries.isEmpty()).map(Pins::entries).findFirst().orElse(null);
  }

  /** The call that kept this list has failed: whatever is in it now belongs to nobody. */
  void dropPins(LongList list) {
    pins.removeIf(known -> known.entries == list);
  }

  /** A script's element was executed, without a result. */
  void did(long word) {
    int pfn = BurstOp.pfn(word);
    switch (BurstOp.of(word)) {
      case GET -> references.merge(pfn, 1, Integer::sum);
      case PUT -> references.merge(pfn, -1, Integer::sum);
      case UNPIN -> pinChanges.merge(pfn, -Math.max(1, BurstOp.argument(word) & BurstOp.MAPS_MASK), Integer::sum);
      case PUTBACK -> isolated.remove(pfn);
      default -> {}
    }
  }

  /** A script isolated a folio. */
  void isolated(int pfn) {
    isolated.put(pfn, 1);
  }

  @Override
  public void report(Holdings to) {
    pins.forEach(kept -> to.pins(kept.entries, 0, true));
    references.forEach(to::references);
    pinChanges.forEach(to::pin);
    isolated.keySet().forEach(to::isolated);
  }
}
