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
 * @param pfn the only page frame to trace, that of the folio's first page; then events without a page are left out.
 *     {@link #ANY_PFN} for all
 * @param maxRecords records that each entity keeps; of more it keeps the newest, as the kernel's ring buffer does
 */
public record TraceRequest(Set<TraceEvent> events, long fromNanos, long toNanos, int pfn, int maxRecords) {
  /** Every page frame, and events without one. */
  public static final int ANY_PFN = -1;

  /** 48 MiB per entity if it gets that far; a buffer grows as it fills. */
  public static final int DEFAULT_MAX_RECORDS = 1 << 20;

  /** Nothing: a machine built with it has no buffers and tests nothing. */
  public static final TraceRequest NOTHING = new TraceRequest(Set.of(), 0, 0, ANY_PFN, 1);

  public TraceRequest {
    EnumSet<TraceEvent> inOrder = EnumSet.noneOf(TraceEvent.class);
    inOrder.addAll(events);
    events = Collections.unmodifiableSet(inOrder);
    if (toNanos < fromNanos || maxRecords < 1) {
      throw new IllegalArgumentException("a trace from " + fromNanos + " to " + toNanos + " ns that keeps " + maxRecords
          + " records cannot be");
    }
  }

  /** These events of all pages at all times. */
  public static TraceRequest of(Collection<TraceEvent> events) {
    return new TraceRequest(Set.copyOf(events), 0, Long.MAX_VALUE, ANY_PFN, DEFAULT_MAX_RECORDS);
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
    return new TraceRequest(rest, fromNanos, toNanos, pfn, maxRecords);
  }

  /** Whether nothing is asked for. */
  public boolean isEmpty() {
    return events.isEmpty() || fromNanos == toNanos;
  }

  long mask() {
    long mask = 0;
    for (TraceEvent event : events) {
      if (pfn == ANY_PFN || event.ofPage()) {
        mask |= 1L << event.ordinal();
      }
    }
    return mask;
  }
}
