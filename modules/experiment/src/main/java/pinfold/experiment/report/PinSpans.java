package pinfold.experiment.report;

import java.util.ArrayList;
import java.util.List;
import pinfold.experiment.batch.RunRecord;

/**
 * The pin calls of one VM's start as a picture can show them: calls that are alike and too close to each other to be told apart are
 * one.
 */
final class PinSpans {
  private static final int SPACE = column("vm");
  private static final int RESULT = column("result");
  private static final int START = column("start_ns");
  private static final int END = column("end_ns");
  private static final int DRAINS = column("drain_alls");
  private static final int MOVED = column("migrated_pages");

  /** Calls that are drawn as one, from the first one's begin to the last one's end. */
  static final class Span {
    final long startNanos;
    long endNanos;
    int calls;
    long movedPages;
    long drainAlls;
    int failed;

    private Span(long startNanos) {
      this.startNanos = startNanos;
    }

    private void add(long[] pin) {
      endNanos = Math.max(endNanos, pin[END]);
      calls++;
      movedPages += pin[MOVED];
      drainAlls += pin[DRAINS];
      failed += pin[RESULT] < 0 ? 1 : 0;
    }
  }

  private PinSpans() {}

  private static int column(String name) {
    return RunRecord.PIN_COLUMNS.indexOf(name);
  }

  /**
   * The spans of a VM in order.
   *
   * @param vm its number
   * @param leastNanos what can be seen; several calls are one span if they take no longer together
   */
  static List<Span> of(RunRecord run, int vm, long leastNanos) {
    List<Span> spans = new ArrayList<>();
    for (long[] pin : run.pins()) {
      if (pin[SPACE] != vm) {
        continue;
      }
      if (spans.isEmpty() || !alike(spans.getLast(), pin) || pin[END] - spans.getLast().startNanos > leastNanos) {
        spans.add(new Span(pin[START]));
      }
      spans.getLast().add(pin);
    }
    return spans;
  }

  private static boolean alike(Span span, long[] pin) {
    return span.movedPages > 0 == pin[MOVED] > 0 && span.drainAlls > 0 == pin[DRAINS] > 0 && span.failed > 0 == pin[RESULT] < 0;
  }
}
