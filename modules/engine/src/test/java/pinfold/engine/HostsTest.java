package pinfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.testing.ChattyEntity;
import pinfold.engine.testing.ShufflingHost;
import pinfold.engine.testing.StoppingEntity;

class HostsTest {
  private static final int ENTITIES = 23;
  private static final long END_NANOS = 60_000;

  private static long digest(long seed, Function<List<ChattyEntity>, Host> make) {
    try (Host host = make.apply(ChattyEntity.network(ENTITIES, seed, Long.MAX_VALUE))) {
      host.inject(ChattyEntity.start(ENTITIES, 3, 50));
      assertThat(host.runUntil(END_NANOS)).isEqualTo(Host.Outcome.END_TIME);
      return ChattyEntity.digest(host);
    }
  }

  @ParameterizedTest(name = "window {0} ns")
  @ValueSource(longs = {100, 50, 67, 13, 1})
  void aShorterWindowChangesNothing(long windowNanos) {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(digest(seed, network -> new SequentialHost(network, windowNanos))).as("seed %d", seed)
          .isEqualTo(digest(seed, network -> new SequentialHost(network, ChattyEntity.NEAR_NANOS)));
    }
  }

  @Test
  void disorderOfDeliveryAndExecutionChangesNothing() {
    for (long seed = 1; seed <= 20; seed++) {
      long disorder = seed * 7919;
      assertThat(digest(seed, network -> new ShufflingHost(network, ChattyEntity.NEAR_NANOS, disorder))).as("seed %d", seed)
          .isEqualTo(digest(seed, network -> new SequentialHost(network, ChattyEntity.NEAR_NANOS)));
    }
  }

  @Test
  void anotherSeedGivesAnotherDigest() {
    assertThat(digest(1, network -> new SequentialHost(network, ChattyEntity.NEAR_NANOS)))
        .isNotEqualTo(digest(2, network -> new SequentialHost(network, ChattyEntity.NEAR_NANOS)));
  }

  @Test
  void stoppingInTheMiddleAndGoingOnChangesNothing() {
    long straight = digest(5, network -> new SequentialHost(network, ChattyEntity.NEAR_NANOS));
    Host host = new SequentialHost(ChattyEntity.network(ENTITIES, 5, Long.MAX_VALUE), ChattyEntity.NEAR_NANOS);
    host.inject(ChattyEntity.start(ENTITIES, 3, 50));
    for (long end = 777; end < END_NANOS; end += 777) {
      host.runUntil(end);
      assertThat(host.nowNanos()).isEqualTo(end);
    }
    host.runUntil(END_NANOS);
    assertThat(ChattyEntity.digest(host)).isEqualTo(straight);
  }

  @Test
  void aStopIsExactWhateverTheWindow() {
    Host reference = stopped(new SequentialHost(ChattyEntity.network(ENTITIES, 9, 150), ChattyEntity.NEAR_NANOS));
    for (long windowNanos : new long[] {100, 50, 7}) {
      Host host = stopped(new SequentialHost(ChattyEntity.network(ENTITIES, 9, 150), windowNanos));
      assertThat(host.nowNanos()).isEqualTo(reference.nowNanos());
      assertThat(ChattyEntity.digest(host)).isEqualTo(ChattyEntity.digest(reference));
    }
    Host inSteps = new SequentialHost(ChattyEntity.network(ENTITIES, 9, 150), ChattyEntity.NEAR_NANOS);
    inSteps.inject(ChattyEntity.start(ENTITIES, 3, 50));
    long end = 0;
    do {
      end += 100;
    } while (inSteps.runUntil(end) == Host.Outcome.END_TIME);
    assertThat(ChattyEntity.digest(inSteps)).as("in steps").isEqualTo(ChattyEntity.digest(reference));
    Host shuffled = stopped(new ShufflingHost(ChattyEntity.network(ENTITIES, 9, 150), ChattyEntity.NEAR_NANOS, 4));
    assertThat(ChattyEntity.digest(shuffled)).isEqualTo(ChattyEntity.digest(reference));
  }

  private static Host stopped(Host host) {
    host.inject(ChattyEntity.start(ENTITIES, 3, 50));
    assertThat(host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.STOPPED);
    return host;
  }

  @Test
  void windowsInWhichNobodyHasAnythingToDoAreSkipped() {
    SequentialHost host = new SequentialHost(ChattyEntity.network(2, 1, Long.MAX_VALUE), 1);
    EventBatch late = new EventBatch(1, 0);
    late.open(1_000_000, 2).close();
    host.inject(List.of(late));
    assertThat(host.runUntil(1_000_001)).isIn(Host.Outcome.END_TIME, Host.Outcome.QUIESCENT);
    assertThat(host.windows()).isEqualTo(1);
  }

  @Test
  void nobodyWithAnythingToDoIsQuiescence() {
    assertThat(new SequentialHost(ChattyEntity.network(4, 1, Long.MAX_VALUE), 100).runUntil(Long.MAX_VALUE))
        .isEqualTo(Host.Outcome.QUIESCENT);
  }

  @Test
  void aStopBehindTheEndIsStillToCome() {
    StoppingEntity.checkStopBehindTheEnd(entities -> new SequentialHost(entities, 100));
    StoppingEntity.checkStopBehindTheEnd(entities -> new ShufflingHost(entities, 100, 1));
  }

  @Test
  void anEventWithinTheWindowThatSendsItIsReported() {
    Host host = new SequentialHost(ChattyEntity.network(3, 1, Long.MAX_VALUE), 10 * ChattyEntity.NEAR_NANOS);
    host.inject(ChattyEntity.start(3, 1, 0));
    assertThatThrownBy(() -> host.runUntil(END_NANOS)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("causality").hasMessageContaining("window that ends at 2000 ns");
  }

  @Test
  void aStopWithinTheWindowThatAsksForItIsReported() {
    Host host = new SequentialHost(ChattyEntity.network(3, 1, 1), 5_000);
    host.inject(List.of(ChattyEntity.start(3, 1, 0).getFirst()));
    assertThatThrownBy(() -> host.runUntil(END_NANOS)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("causality: stop asked for 613 ns");
  }

  @Test
  void aBatchThatComesTooLateIsReported() {
    Host host = new SequentialHost(ChattyEntity.network(3, 1, Long.MAX_VALUE), 100);
    host.inject(ChattyEntity.start(3, 1, 500));
    host.runUntil(600);
    assertThatThrownBy(() -> host.inject(ChattyEntity.start(3, 1, 400))).isInstanceOf(AssertionError.class)
        .hasMessageContaining("causality: event at 400 ns from origin 0 reached chatty0");
  }

  @Test
  void theProgressListenerCanEndARun() {
    Host host = new SequentialHost(ChattyEntity.network(ENTITIES, 1, Long.MAX_VALUE), 1);
    host.inject(ChattyEntity.start(ENTITIES, 3, 0));
    host.onProgress((now, windows) -> windows < 3_000);
    assertThat(host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.CANCELLED);
    assertThat(host.windows()).isEqualTo(3_072);
  }
}
