package pinfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventQueueTest {
  private static final long SEED = 77;

  private record Expected(long timeNanos, long rank, long arrival, int origin, int kind, long payload) {}

  /** Random operations on the queue and on a priority queue of objects. */
  private static final class Model {
    private final EventQueue queue = new EventQueue(SEED);
    private final PriorityQueue<Expected> expected = new PriorityQueue<>(Comparator.comparingLong(Expected::timeNanos)
        .thenComparingLong(Expected::rank).thenComparingLong(Expected::arrival));
    private final Event event = new Event();
    private final long seed;
    private long draws;
    private long arrivals;
    private long nowNanos;

    Model(long seed) {
      this.seed = seed;
    }

    long draw(long bound) {
      return KeyedDraws.below(bound, seed, 0, 0, draws++);
    }

    void fill(EventBatch batch, int events, long spanNanos) {
      for (int i = 0; i < events; i++) {
        long time = nowNanos + draw(spanNanos);
        int kind = (int) draw(1000);
        long payload = draw(Long.MAX_VALUE);
        batch.open(time, kind);
        for (long word = draw(4); word > 0; word--) {
          batch.add(0);
        }
        batch.add(payload).close();
        expected.add(new Expected(time, EventQueue.rank(SEED, batch.origin()), arrivals++, batch.origin(), kind, payload));
      }
    }

    void add(int events, long spanNanos) {
      EventBatch batch = new EventBatch((int) draw(20), 0);
      fill(batch, events, spanNanos);
      queue.addAll(batch);
    }

    void takeBefore(long endNanos) {
      while (queue.pollBefore(endNanos, event)) {
        Expected first = expected.remove();
        nowNanos = event.timeNanos();
        assertThat(event.timeNanos()).isEqualTo(first.timeNanos);
        assertThat(event.origin()).isEqualTo(first.origin);
        assertThat(event.kind()).isEqualTo(first.kind);
        assertThat(event.word(event.length() - 1)).isEqualTo(first.payload);
        if (draw(3) == 0) {
          return;
        }
      }
      if (expected.isEmpty() || expected.peek().timeNanos >= endNanos) {
        nowNanos = Math.max(nowNanos, endNanos);
      }
    }

    void takeAll() {
      while (!expected.isEmpty()) {
        takeBefore(Long.MAX_VALUE);
        compare();
      }
    }

    void compare() {
      assertThat(queue.size()).isEqualTo(expected.size());
      assertThat(queue.nextNanos()).isEqualTo(expected.isEmpty() ? Long.MAX_VALUE : expected.peek().timeNanos);
    }
  }

  @ParameterizedTest(name = "about {0} pending within {1} ns")
  @CsvSource({"3, 5", "3, 1000000", "40, 20", "40, 1000", "300, 30", "300, 100000", "5000, 50", "5000, 1000000",
      "100, 4000000000000000000"})
  void theQueueAgreesWithAPriorityQueueOfObjects(int pending, long spanNanos) {
    for (long seed = 1; seed <= 5; seed++) {
      Model model = new Model(seed * 1000 + pending);
      try {
        for (int step = 0; step < 4000; step++) {
          long span = model.draw(4) == 0 ? 1 + spanNanos / 50 : spanNanos;
          if (model.expected.size() < pending) {
            model.add(1 + (int) model.draw(model.draw(10) == 0 ? 1 + pending / 2 : 3), span);
          } else {
            model.takeBefore(model.nowNanos + model.draw(1 + spanNanos / 4));
          }
          model.compare();
        }
        model.takeAll();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void eventsOfOneTimeAndOriginKeepTheOrderInWhichTheyWereSent() {
    EventQueue queue = new EventQueue(SEED);
    for (int sent = 0; sent < 500; sent += 5) {
      EventBatch batch = new EventBatch(3, 0);
      for (int i = 0; i < 5; i++) {
        batch.open(40, sent + i).close();
      }
      queue.addAll(batch);
    }
    Event event = new Event();
    for (int kind = 0; kind < 500; kind++) {
      assertThat(queue.pollBefore(41, event)).isTrue();
      assertThat(event.kind()).isEqualTo(kind);
    }
    assertThat(queue.pollBefore(Long.MAX_VALUE, event)).isFalse();
  }

  @Test
  void aShownEventStaysAsItIsWhileOthersAreFiled() {
    EventQueue queue = new EventQueue(SEED);
    EventBatch batch = new EventBatch(3, 0);
    batch.open(1, 1).add(41).add(42).close();
    queue.addAll(batch);
    Event event = new Event();
    assertThat(queue.pollBefore(2, event)).isTrue();
    for (int i = 0; i < 100; i++) {
      EventBatch other = new EventBatch(4, 0);
      other.open(2, 1).add(i).add(i).close();
      queue.addAll(other);
    }
    assertThat(event.word(0)).isEqualTo(41);
    assertThat(event.word(1)).isEqualTo(42);
  }

  @Test
  void anEventAtTheEndItselfIsNotTaken() {
    EventQueue queue = new EventQueue(SEED);
    EventBatch batch = new EventBatch(1, 0);
    batch.open(100, 1).close();
    queue.addAll(batch);
    assertThat(queue.pollBefore(100, new Event())).isFalse();
    assertThat(queue.pollBefore(101, new Event())).isTrue();
  }
}
