package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue of a device, by hand and against one that steps from instant to instant. */
class IoQueueTest {
  /** One channel, two places: the third request is accepted when the first is done, the fourth when the second is. */
  @Test
  void whoFindsTheQueueFullWaitsForACompletion() {
    IoQueue queue = new IoQueue(1, 2);
    long[] completed = new long[4];
    long[] accepted = new long[4];
    for (int i = 0; i < 4; i++) {
      completed[i] = queue.add(0, 10);
      accepted[i] = queue.acceptedAtNanos();
    }
    assertThat(completed).containsExactly(10, 20, 30, 40);
    assertThat(accepted).containsExactly(0, 0, 10, 20);
  }

  @Test
  void channelsWorkSideBySide() {
    IoQueue queue = new IoQueue(3, 3);
    List<Integer> channels = new ArrayList<>();
    long[] completed = new long[5];
    for (int i = 0; i < 5; i++) {
      completed[i] = queue.add(100, 50);
      channels.add(queue.channel());
    }
    assertThat(completed).containsExactly(150, 150, 150, 200, 200);
    assertThat(channels).containsExactly(0, 1, 2, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomRequestsAgreeWithTheNaiveDevice(long seed) {
    Random random = new Random(seed);
    int channels = 1 + random.nextInt(4);
    int depth = channels + random.nextInt(6);
    long[] arrivals = new long[200];
    long[] services = new long[arrivals.length];
    long now = 0;
    for (int i = 0; i < arrivals.length; i++) {
      now += random.nextInt(4) == 0 ? random.nextInt(60) : 0;
      arrivals[i] = now;
      services[i] = random.nextBoolean() ? 30 : 80;
    }
    IoQueue queue = new IoQueue(channels, depth);
    long[] completed = new long[arrivals.length];
    long[] accepted = new long[arrivals.length];
    for (int i = 0; i < arrivals.length; i++) {
      completed[i] = queue.add(arrivals[i], services[i]);
      accepted[i] = queue.acceptedAtNanos();
    }
    Naive naive = new Naive(arrivals, services, channels, depth);
    assertThat(accepted).as("accepted, seed %d", seed).isEqualTo(naive.accepted);
    assertThat(completed).as("completed, seed %d", seed).isEqualTo(naive.completed);
  }

  /** Goes from nanosecond to nanosecond: whatever is done leaves, whoever waits enters, whatever is inside is begun. */
  private static final class Naive {
    final long[] accepted;
    final long[] completed;

    Naive(long[] arrivals, long[] services, int channels, int depth) {
      accepted = new long[arrivals.length];
      completed = new long[arrivals.length];
      Deque<Integer> outside = new ArrayDeque<>();
      Deque<Integer> inside = new ArrayDeque<>();
      List<Integer> working = new ArrayList<>();
      int arrived = 0;
      int done = 0;
      for (long now = 0; done < arrivals.length; now++) {
        long instant = now;
        int before = working.size();
        working.removeIf(request -> completed[request] == instant);
        done += before - working.size();
        while (arrived < arrivals.length && arrivals[arrived] == now) {
          outside.add(arrived++);
        }
        while (!outside.isEmpty() && inside.size() + working.size() < depth) {
          accepted[outside.peek()] = now;
          inside.add(outside.poll());
        }
        while (!inside.isEmpty() && working.size() < channels) {
          completed[inside.peek()] = now + services[inside.peek()];
          working.add(inside.poll());
        }
      }
    }
  }
}
