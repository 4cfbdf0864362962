package pinfold.kernel.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TracingTest {
  private static final Set<TraceEvent> TWO = Set.of(TraceEvent.MM_LRU_ACTIVATE, TraceEvent.K_LRU_ADD_DRAIN);

  @Test
  void nothingIsTracedIntoNothing() {
    assertThat(new Tracing(TraceRequest.NOTHING).buffer()).isNull();
    assertThat(new Tracing(new TraceRequest(TWO, 5, 5, List.of(), 1)).buffer()).isNull();
  }

  @Test
  void recordsKeepWhoDidWhatWhen() {
    Tracing tracing = new Tracing(TraceRequest.of(TWO));
    TraceBuffer buffer = tracing.buffer();
    buffer.on(7, 300, 70_000);
    buffer.add(TraceEvent.MM_LRU_ACTIVATE, 42, -1, Long.MIN_VALUE, 3);
    buffer.on(8, 0xFFFFF, TraceBuffer.UNKNOWN_TASK);
    buffer.add(TraceEvent.K_LRU_ADD_DRAIN, 0, 0, 0, 0);

    assertThat(records(tracing)).containsExactly(
        new TraceRecord(7, 300, 70_000, TraceEvent.MM_LRU_ACTIVATE, 42, -1, Long.MIN_VALUE, 3),
        new TraceRecord(8, 0xFFFFF, TraceBuffer.UNKNOWN_TASK, TraceEvent.K_LRU_ADD_DRAIN, 0, 0, 0, 0));
  }

  @Test
  void buffersAreMergedByTimeThenEntityThenTheirOwnOrder() {
    Tracing tracing = new Tracing(TraceRequest.of(TWO));
    TraceBuffer first = tracing.buffer();
    TraceBuffer second = tracing.buffer();
    add(second, 1, 10);
    add(second, 5, 11);
    add(first, 5, 12);
    add(first, 5, 13);
    add(second, 5, 14);
    add(first, 6, 15);

    assertThat(pfns(tracing)).containsExactly(10, 12, 13, 11, 14, 15);
  }

  @Test
  void ofTooManyTheNewestStayAndAllAreCounted() {
    Tracing tracing = new Tracing(new TraceRequest(TWO, 0, Long.MAX_VALUE, List.of(), 1_000));
    TraceBuffer buffer = tracing.buffer();
    for (int i = 0; i < 2_500; i++) {
      add(buffer, i, i);
    }

    assertThat(tracing.written()).isEqualTo(2_500);
    assertThat(tracing.kept()).isEqualTo(1_000);
    assertThat(pfns(tracing)).hasSize(1_000).startsWith(1_500).endsWith(2_499).isSorted();
    tracing.clear();
    assertThat(pfns(tracing)).isEmpty();
    add(buffer, 3_000, 1);
    assertThat(pfns(tracing)).containsExactly(1);
  }

  @Test
  void timeBeginsWithFromAndEndsBeforeTo() {
    Tracing tracing = new Tracing(new TraceRequest(TWO, 10, 20, List.of(), 100));
    TraceBuffer buffer = tracing.buffer();
    for (int nanos : new int[] {9, 10, 19, 20}) {
      add(buffer, nanos, nanos);
    }

    assertThat(pfns(tracing)).containsExactly(10, 19);
  }

  @Test
  void whoAsksForAPageGetsNoEventWithoutOne() {
    Tracing tracing = new Tracing(new TraceRequest(TWO, 0, Long.MAX_VALUE, List.of(0), 100));
    TraceBuffer buffer = tracing.buffer();
    buffer.add(TraceEvent.K_LRU_ADD_DRAIN, 0, 0, 0, 0);
    buffer.add(TraceEvent.K_FOLIO_MARK_ACCESSED, 0, 0, 0, 0);
    add(buffer, 1, 7);
    add(buffer, 1, 0);

    assertThat(records(tracing)).extracting(TraceRecord::event).containsExactly(TraceEvent.MM_LRU_ACTIVATE);
  }

  private static void add(TraceBuffer buffer, long nanos, int pfn) {
    buffer.on(nanos, 0, 1);
    buffer.add(TraceEvent.MM_LRU_ACTIVATE, pfn, 0, 0, 0);
  }

  private static List<TraceRecord> records(Tracing tracing) {
    List<TraceRecord> records = new ArrayList<>();
    tracing.forEach(records::add);
    return records;
  }

  private static List<Integer> pfns(Tracing tracing) {
    return records(tracing).stream().map(TraceRecord::pfn).toList();
  }
}
