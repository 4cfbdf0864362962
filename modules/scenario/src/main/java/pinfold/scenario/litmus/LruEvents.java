package pinfold.scenario.litmus;

import java.util.stream.IntStream;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.trace.Tracing;
import pinfold.scenario.litmus.Check.EventKind;

/** The tracepoints of a run that a test can ask for. */
final class LruEvents {
  static final TraceRequest REQUEST = TraceRequest.of(TraceEvent.MM_LRU_INSERTION, TraceEvent.MM_LRU_ACTIVATE);

  private final Tracing tracing;

  LruEvents(Tracing tracing) {
    this.tracing = tracing;
  }

  void forget() {
    tracing.clear();
  }

  /** Pfns of one kind of event, by time; those of one node at one instant in the order in which they happened. */
  int[] pfns(EventKind kind) {
    TraceEvent wanted = switch (kind) {
      case INSERTIONS -> TraceEvent.MM_LRU_INSERTION;
      case ACTIVATIONS -> TraceEvent.MM_LRU_ACTIVATE;
    };
    IntStream.Builder pfns = IntStream.builder();
    tracing.forEach(record -> {
      if (record.event() == wanted) {
        pfns.add(record.pfn());
      }
    });
    return pfns.build().toArray();
  }
}
