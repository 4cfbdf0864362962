package pinfold.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WindowPlanTest {
  private static final int THREADS = 4;

  @Test
  void everyPlaceIsTakenOnceHoweverManyTake() throws InterruptedException {
    int count = 200_000;
    WindowPlan plan = new WindowPlan(count, THREADS);
    for (int window = 0; window < 5; window++) {
      plan.begin(count, 10, THREADS);
      AtomicIntegerArray taken = new AtomicIntegerArray(count);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int share = t;
        threads.add(Thread.ofPlatform().start(() -> {
          for (int place = plan.take(share); place < plan.count; place = plan.take(share)) {
            taken.incrementAndGet(place);
          }
        }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (int place = 0; place < count; place++) {
        assertThat(taken.get(place)).isOne();
        assertThat(plan.isTaken(place)).isTrue();
      }
    }
  }

  @Test
  void aShareTakesItsOwnPartFromTheFrontAndThenTheOthersFromTheBack() {
    WindowPlan plan = new WindowPlan(6, 2);
    plan.begin(6, 10, 2);

    assertThat(plan.take(1)).isEqualTo(3);
    assertThat(plan.take(0)).isEqualTo(0);
    assertThat(plan.take(1)).isEqualTo(4);
    assertThat(plan.isTaken(5)).isFalse();
    assertThat(plan.take(1)).isEqualTo(5);
    assertThat(plan.take(1)).isEqualTo(2);
    assertThat(plan.take(0)).isEqualTo(1);
    assertThat(plan.take(0)).isEqualTo(6);
    assertThat(plan.take(1)).isEqualTo(6);
  }
}
