package pinfold.kernel.trace;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a run is to trace.
 *
 * @param fromNanos first simulated instant
 * @param toNanos first simulated instant no longer traced
 * @param pfns the only page frames to trace, those of the folios' first pages; then events without a page are left out. None:
 *     every page frame, and events without one
 * @param maxRecords records that each entity keeps; of more it keeps the newest, as the kernel's ring buffer does
 */
public record TraceRequest(Set<TraceEvent> events, long fromNanos, long toNanos, List<Integer> pfns, int maxRecords) {
  /** 48 MiB per entity if it gets that far; a buffer grows as it fills. */
  public static final int DEFAULT_MAX_RECORDS = 1 << 20;

  /** Nothing: a machine built with it has no buffers and tests nothing. */
  public static final TraceRequest NOTHING = new TraceRequest(Set.of(), 0, 0, List.of(), 1);

  public TraceRequest {
    EnumSet<TraceEvent> inOrder = EnumSet.noneOf(TraceEvent.class);
    inOrder.addAll(events);
    events = Collections.unmodifiableSet(inOrder);
    pfns = List.copyOf(pfns);
    if (toNanos < fromNanos || maxRecords < 1) {
      throw new IllegalArgumentException("a trace from " + fromNanos + " to " + toNanos + " ns that keeps " + maxRecords
          + " records cannot be");
    }
  }

  /** These events of all pages at all times. */
  public static TraceRequest of(Collection<TraceEvent> events) {
    return new TraceRequest(Set.copyOf(events), 0, Long.MAX_VALUE, List.of(), DEFAULT_MAX_RECORDS);
  }

  /** These events of all pages at all times. */
  public static TraceRequest of(TraceEvent... events) {
    return of(List.of(events));
  }

  /** The same without these events. */
  public TraceRequest without(Collection<TraceEvent> unwanted) {
    EnumSet<TraceEvent> rest = EnumSet.noneOf(TraceEvent.class);
    rest.addAll(events);
    rest.removeAll(unwanted);
    return new TraceRequest(rest, fromNanos, toNanos, pfns, maxRecords);
  }

  /** Whether nothing is asked for. */
  public boolean isEmpty() {
    return events.isEmpty() || fromNanos == toNanos;
  }

  long mask() {
    long mask = 0;
    for (TraceEvent event : events) {
      if (pfns.isEmpty() || event.ofPage()) {
        mask |= 1L << event.ordinal();
      }
    }
    return mask;
  }
}
