package pinfold.kernel.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;

/**
 * Pins by page of the lists that outlive their calls, which only grow until they are given back from the front. Millions of pages
 * long, they are not counted anew each time: what was counted of a list is remembered.
 */
final class PinLedger {
  private static final class Counted {
    final LongList list;
    int[] pfns = new int[512];
    int from;
    int end;
    /** First entry that still counts as of the last report; -1: not reported. */
    int reportedFrom = -1;

    Counted(LongList list) {
      this.list = list;
    }
  }

  private final List<Counted> known = new ArrayList<>();
  private final PfnCounts pins = new PfnCounts();

  int pins(int pfn) {
    return pins.get(pfn);
  }

  void forEach(PfnCounts.Visitor visitor) {
    pins.forEach(visitor);
  }

  void begin() {
    for (Counted counted : known) {
      counted.reportedFrom = -1;
    }
  }

  /** Whether the list is one of those that outlive their calls. */
  boolean knows(LongList list) {
    return find(list) != null;
  }

  /** Entries of {@code list} from an index on are pins; of several reports the largest index counts. */
  void report(LongList list, int from) {
    Counted counted = find(list);
    if (counted == null) {
      counted = new Counted(list);
      known.add(counted);
    }
    counted.reportedFrom = Math.max(counted.reportedFrom, from);
  }

  private Counted find(LongList list) {
    for (Counted counted : known) {
      if (counted.list == list) {
        return counted;
      }
    }
    return null;
  }

  /** Everybody has reported: a list that nobody named, or that was emptied, holds no pins any more. */
  void end() {
    for (Counted counted : known) {
      follow(counted);
    }
    known.removeIf(counted -> counted.reportedFrom < 0);
  }

  private void follow(Counted counted) {
    int end = counted.reportedFrom < 0 ? 0 : counted.list.size();
    while (counted.end > end) {
      counted.end--;
      if (counted.end >= counted.from) {
        pins.add(counted.pfns[counted.end], -1);
      }
    }
    counted.from = Math.min(counted.from, counted.end);
    if (counted.pfns.length < end) {
      counted.pfns = Arrays.copyOf(counted.pfns, Math.max(2 * counted.pfns.length, end));
    }
    for (; counted.end < end; counted.end++) {
      int pfn = Pte.pfn(counted.list.get(counted.end));
      counted.pfns[counted.end] = pfn;
      pins.add(pfn, 1);
    }
    for (; counted.from < Math.min(counted.reportedFrom, counted.end); counted.from++) {
      pins.add(counted.pfns[counted.from], -1);
    }
  }
}
