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
    WindowPlan plan = new WindowPlan(count);
    for (int window = 0; window < 5; window++) {
      plan.begin(count, 10);
      AtomicIntegerArray taken = new AtomicIntegerArray(count);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        threads.add(Thread.ofPlatform().start(() -> {
          for (int place = plan.take(); place < plan.count; place = plan.take()) {
            taken.incrementAndGet(place);
          }
        }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (int place = 0; place < count; place++) {
        assertThat(taken.get(place)).isOne();
      }
      assertThat(plan.taken()).isEqualTo(count);
    }
  }
}
