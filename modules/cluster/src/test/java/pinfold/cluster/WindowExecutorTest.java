package pinfold.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowExecutorTest {
  private static final long LONG_SECONDS = 60;

  @Test
  void whatATaskMakesRunnableFirstRunsOnItsThread() throws InterruptedException {
    WindowExecutor executor = new WindowExecutor(3, true, "test");
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger changes = new AtomicInteger();
    executor.execute(new Runnable() {
      private Thread before;
      private int hops;

      @Override
      public void run() {
        if (before != null && before != Thread.currentThread()) {
          changes.incrementAndGet();
        }
        before = Thread.currentThread();
        if (++hops < 10_000) {
          executor.execute(this);
        } else {
          done.countDown();
        }
      }
    });
    assertThat(done.await(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(changes.get()).isZero();
    executor.shutdown();
    assertThat(executor.awaitTermination(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aChainWithoutEndDoesNotStarveTheOthersOnOneThread() throws InterruptedException {
    WindowExecutor executor = new WindowExecutor(1, true, "test");
    CountDownLatch other = new CountDownLatch(1);
    executor.execute(new Runnable() {
      @Override
      public void run() {
        if (other.getCount() > 0) {
          executor.execute(this);
        }
      }
    });
    executor.execute(other::countDown);
    assertThat(other.await(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
    executor.shutdown();
    assertThat(executor.awaitTermination(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyTaskOfManyRunsOnceThoughThreadsFallAsleepInBetween(boolean spins) throws InterruptedException {
    WindowExecutor executor = new WindowExecutor(4, spins, "test");
    AtomicInteger ran = new AtomicInteger();
    for (int round = 0; round < 2_000; round++) {
      CountDownLatch done = new CountDownLatch(3);
      executor.execute(() -> {
        for (int i = 0; i < 3; i++) {
          executor.execute(() -> {
            ran.incrementAndGet();
            done.countDown();
          });
        }
      });
      assertThat(done.await(LONG_SECONDS, TimeUnit.SECONDS)).as("round %d", round).isTrue();
    }
    assertThat(ran.get()).isEqualTo(6_000);
    executor.shutdown();
    assertThat(executor.awaitTermination(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
  }
}
