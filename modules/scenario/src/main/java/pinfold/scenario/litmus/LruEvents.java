package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import pinfold.kernel.trace.LruTrace;
import pinfold.scenario.litmus.Check.EventKind;

/** Keeps the tracepoints of a run. Nodes may tell of theirs at the same time; the order is that of simulated time. */
final class LruEvents implements LruTrace {
  private record Seen(EventKind kind, long nanos, int pfn) {}

  private final List<Seen> seen = new ArrayList<>();

  @Override
  public synchronized void lruInsertion(long nowNanos, int cpu, int pfn, int lru, int flags, boolean mapped) {
    seen.add(new Seen(EventKind.INSERTIONS, nowNanos, pfn));
  }

  @Override
  public synchronized void lruActivate(long nowNanos, int cpu, int pfn) {
    seen.add(new Seen(EventKind.ACTIVATIONS, nowNanos, pfn));
  }

  synchronized void forget() {
    seen.clear();
  }

  /** Pfns of one kind of event, by time; those of one node at one instant in the order in which they happened. */
  synchronized int[] pfns(EventKind kind) {
    return seen.stream().filter(one -> one.kind == kind).sorted(Comparator.comparingLong(Seen::nanos)).mapToInt(Seen::pfn).toArray();
  }
}
