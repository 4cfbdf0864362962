package pinfold.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.engine.StateHash;
import pinfold.engine.testing.ChattyEntity;
import pinfold.engine.testing.StoppingEntity;

class ActorHostTest {
  private static final int ENTITIES = 37;
  private static final long END_NANOS = 60_000;
  private static final long NEAR = ChattyEntity.NEAR_NANOS;

  /** As many shares as there can be, in every window. */
  private static ActorHost split(List<? extends Entity> entities, long windowNanos, int threads) {
    return new ActorHost(entities, windowNanos, threads, ActorHost.DEFAULT_PATIENCE, 1);
  }

  private static long digest(Host host, int each) {
    try (host) {
      host.inject(ChattyEntity.start(ENTITIES, each, 50));
      assertThat(host.runUntil(END_NANOS)).isEqualTo(Host.Outcome.END_TIME);
      return ChattyEntity.digest(host);
    }
  }

  private static List<ChattyEntity> network(long seed) {
    return ChattyEntity.network(ENTITIES, seed, Long.MAX_VALUE);
  }

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 2, 4})
  void actorsEqualTheSequentialHost(int threads) {
    for (long seed = 1; seed <= 3; seed++) {
      long expected = digest(new SequentialHost(network(seed), NEAR), 3);
      assertThat(digest(new ActorHost(network(seed), NEAR, threads), 3)).as("seed %d", seed).isEqualTo(expected);
      assertThat(digest(split(network(seed), NEAR, threads), 3)).as("seed %d, split", seed).isEqualTo(expected);
    }
  }

  @Test
  void aStopBehindTheEndIsStillToCome() {
    StoppingEntity.checkStopBehindTheEnd(entities -> new ActorHost(entities, 100, 2));
  }

  @ParameterizedTest(name = "window {0} ns")
  @ValueSource(longs = {100, 50, 67})
  void aShorterWindowChangesNothing(long windowNanos) {
    assertThat(digest(split(network(4), windowNanos, 2), 2)).isEqualTo(digest(new SequentialHost(network(4), NEAR), 2));
  }

  @Test
  void stoppingInTheMiddleReadingAndGoingOnChangesNothing() {
    try (Host sequential = new SequentialHost(network(5), NEAR); Host actors = split(network(5), NEAR, 2)) {
      for (Host host : List.of(sequential, actors)) {
        host.inject(ChattyEntity.start(ENTITIES, 1, 50));
      }
      for (long end = 777; end < 20_000; end += 777) {
        assertThat(actors.runUntil(end)).isEqualTo(sequential.runUntil(end));
        assertThat(actors.nowNanos()).isEqualTo(end);
        assertThat(actors.windows()).isEqualTo(sequential.windows());
        assertThat(ChattyEntity.digest(actors)).as("at %d ns", end).isEqualTo(ChattyEntity.digest(sequential));
        for (Host host : List.of(sequential, actors)) {
          host.inject(List.of(ChattyEntity.start(ENTITIES, 1, end + 1).getFirst()));
        }
      }
    }
  }

  @ParameterizedTest(name = "window {0} ns")
  @ValueSource(longs = {200, 100, 50, 7})
  void aStopIsExactWhateverTheWindow(long windowNanos) {
    try (Host sequential = new SequentialHost(ChattyEntity.network(ENTITIES, 9, 150), NEAR);
        Host actors = split(ChattyEntity.network(ENTITIES, 9, 150), windowNanos, 2)) {
      for (Host host : List.of(sequential, actors)) {
        host.inject(ChattyEntity.start(ENTITIES, 3, 50));
        assertThat(host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.STOPPED);
      }
      assertThat(actors.nowNanos()).isEqualTo(sequential.nowNanos());
      assertThat(ChattyEntity.digest(actors)).isEqualTo(ChattyEntity.digest(sequential));
    }
  }

  @Test
  void nobodyWithAnythingToDoIsQuiescence() {
    try (Host host = new ActorHost(network(1), NEAR, 2)) {
      assertThat(host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.QUIESCENT);
      assertThat(host.windows()).isZero();
    }
  }

  /** What an inspector sees every seventh window: when, and everything that has arrived. */
  private static List<String> seen(Host host) {
    List<String> seen = new ArrayList<>();
    try (host) {
      host.inspectWith(new Host.Inspector() {
        @Override
        public boolean isDue(long windows) {
          return windows % 7 == 0;
        }

        @Override
        public void inspect(long nowNanos) {
          long[] pending = {0, 0};
          for (Entity entity : host.entities()) {
            entity.forEachPending(event -> {
              pending[0]++;
              pending[1] += event.timeNanos() * (1 + entity.id());
            });
          }
          seen.add(nowNanos + " ns: " + pending[0] + " events, " + pending[1]);
        }
      });
      host.inject(ChattyEntity.start(ENTITIES, 3, 50));
      host.runUntil(END_NANOS);
      seen.add(Long.toHexString(ChattyEntity.digest(host)));
    }
    return seen;
  }

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 2})
  void anInspectorSeesTheSameAsOnTheSequentialHost(int threads) {
    List<String> expected = seen(new SequentialHost(network(6), NEAR));
    assertThat(expected).hasSizeGreaterThan(20).last().isEqualTo(Long.toHexString(
        digest(new SequentialHost(network(6), NEAR), 3)));
    assertThat(seen(split(network(6), NEAR, threads))).isEqualTo(expected);
  }

  @Test
  void whatAnInspectorThrowsEndsTheRun() {
    try (Host host = new ActorHost(network(1), NEAR, 2)) {
      host.inspectWith(new Host.Inspector() {
        @Override
        public boolean isDue(long windows) {
          return windows == 5;
        }

        @Override
        public void inspect(long nowNanos) {
          throw new IllegalArgumentException("seen at " + nowNanos);
        }
      });
      host.inject(ChattyEntity.start(ENTITIES, 3, 50));
      assertThatThrownBy(() -> host.runUntil(END_NANOS)).isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("seen at");
    }
  }

  @Test
  void theProgressListenerCanEndARun() {
    try (Host host = new ActorHost(network(1), 1, 2)) {
      host.inject(ChattyEntity.start(ENTITIES, 3, 0));
      host.onProgress((now, windows) -> windows < 3_000);
      assertThat(host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.CANCELLED);
      assertThat(host.windows()).isEqualTo(3_072);
    }
  }

  @Test
  void anEventWithinTheWindowThatSendsItIsReportedWithItsSender() {
    try (Host host = new ActorHost(network(1), 10 * NEAR, 2)) {
      host.inject(ChattyEntity.start(ENTITIES, 1, 0));
      assertThatThrownBy(() -> host.runUntil(END_NANOS)).isInstanceOf(EntityFailedException.class)
          .hasMessageContaining("chatty0: causality").hasMessageContaining("window that ends at 2000 ns");
    }
  }

  @Test
  void aBatchThatComesTooLateIsReportedWithItsReceiver() {
    try (Host host = new ActorHost(network(1), NEAR, 1)) {
      host.inject(ChattyEntity.start(ENTITIES, 1, 500));
      host.runUntil(600);
      host.inject(List.of(ChattyEntity.start(ENTITIES, 1, 400).get(14)));
      assertThatThrownBy(() -> host.runUntil(700)).isInstanceOf(EntityFailedException.class)
          .hasMessageContaining("chatty7: causality: event at 400 ns from origin 7");
    }
  }

  /** Does on every event what the test says. */
  private static final class Scripted extends Entity {
    private final Runnable action;
    private int asked;

    Scripted(int id, Runnable action) {
      super(id, 1);
      this.action = action;
    }

    @Override
    public String name() {
      return "scripted" + id();
    }

    @Override
    protected void handle(Event event) {
      schedule(nowNanos() + 10, 1);
      action.run();
    }

    @Override
    protected long nextAgendaNanos() {
      asked++;
      return Long.MAX_VALUE;
    }

    @Override
    public void hashState(StateHash hash) {}
  }

  private static List<Scripted> scripted(int count, Runnable ofTheLast, Runnable ofTheOneBefore) {
    List<Scripted> entities = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      entities.add(new Scripted(id, id == count - 1 ? ofTheLast : id == count - 2 ? ofTheOneBefore : () -> {}));
    }
    return entities;
  }

  private static List<EventBatch> wake(int... ids) {
    List<EventBatch> batches = new ArrayList<>();
    for (int id : ids) {
      EventBatch batch = new EventBatch(id, id);
      batch.open(5, 1).close();
      batches.add(batch);
    }
    return batches;
  }

  @Test
  void anAssertionThatFailsInAnEntityEndsTheRunAndTheLowestIdIsNamed() {
    Runnable fails = () -> {
      throw new AssertionError("a broken invariant");
    };
    for (int threads : new int[] {1, 2}) {
      try (Host host = split(scripted(6, fails, fails), 10, threads)) {
        host.inject(wake(0, 1, 2, 3, 4, 5));
        assertThatThrownBy(() -> host.runUntil(100)).isInstanceOf(EntityFailedException.class)
            .hasMessage("scripted4: a broken invariant").hasCauseInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> host.runUntil(100)).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("scripted4: a broken invariant");
      }
    }
  }

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 2})
  void theWatchdogNamesWhoHasNotAnsweredAndWhatTheOthersWaitFor(int threads) {
    Object never = new Object();
    Runnable sticks = () -> {
      synchronized (never) {
        try {
          never.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
    try (Host host = new ActorHost(scripted(4, () -> {}, sticks), 10, threads, Duration.ofMillis(200), 1_000_000_000)) {
      host.inject(wake(2, 3));
      assertThatThrownBy(() -> host.runUntil(100)).isInstanceOf(Host.NoProgressException.class)
          .hasMessageContaining("no window completed for 200 ms")
          .hasMessageContaining("window 1, which ends at 15 ns, waits for scripted2 (running")
          .hasMessageContaining("ActorHostTest")
          .hasMessageContaining("scripted3 (waits for scripted2)");
    }
  }

  @Test
  void anEntityWithoutEventsIsNotWoken() {
    List<Scripted> entities = scripted(100, () -> {}, () -> {});
    try (Host host = new ActorHost(entities, 10, 2)) {
      List<Integer> askedBefore = entities.stream().map(entity -> entity.asked).toList();
      host.inject(wake(0));
      host.runUntil(10_005);
      assertThat(host.windows()).isEqualTo(1_000);
      assertThat(entities.getFirst().asked).isGreaterThan(1_000);
      assertThat(entities.stream().skip(1).map(entity -> entity.asked).toList()).isEqualTo(askedBefore.subList(1, 100));
    }
  }
}
