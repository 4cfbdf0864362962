package pinfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WakeTimesTest {
  @ParameterizedTest(name = "{0} entities")
  @ValueSource(ints = {1, 2, 16, 17, 64, 256, 257, 5000})
  void theTreeAgreesWithALookAtEveryTime(int entities) {
    WakeTimes tree = new WakeTimes(entities);
    long[] times = new long[entities];
    Arrays.fill(times, Long.MAX_VALUE);
    int[] found = new int[entities];
    assertThat(tree.firstNanos()).isEqualTo(Long.MAX_VALUE);
    for (int step = 0; step < 3000; step++) {
      int id = (int) KeyedDraws.below(entities, 1, 0, entities, step);
      long nanos = KeyedDraws.below(4, 1, 1, entities, step) == 0 ? Long.MAX_VALUE : KeyedDraws.below(50, 1, 2, entities, step);
      times[id] = nanos;
      tree.update(id, nanos);
      assertThat(tree.firstNanos()).as("step %d", step).isEqualTo(Arrays.stream(times).min().orElseThrow());
      if (step % 16 == 0) {
        long end = KeyedDraws.below(60, 1, 3, entities, step);
        int[] expected = IntStream.range(0, entities).filter(i -> times[i] < end).toArray();
        assertThat(Arrays.copyOf(found, tree.collectBefore(end, found))).as("step %d", step).isEqualTo(expected);
      }
    }
  }

  @Test
  void aWindowEndsItsLengthAfterTheFirstPromiseNeverBeforeItBeginsAndNeverBeyondTheLimit() {
    WakeTimes promises = new WakeTimes(2);
    assertThat(promises.windowEndNanos(100, 50, Long.MAX_VALUE)).as("nobody will ever send").isEqualTo(Long.MAX_VALUE);
    assertThat(promises.windowEndNanos(100, 50, 1_000)).isEqualTo(1_000);
    promises.update(0, 400);
    assertThat(promises.windowEndNanos(100, 50, 1_000)).isEqualTo(450);
    assertThat(promises.windowEndNanos(100, 50, 420)).isEqualTo(420);
    promises.update(1, 20);
    assertThat(promises.windowEndNanos(100, 50, 1_000)).as("an overcautious promise").isEqualTo(150);
  }
}
