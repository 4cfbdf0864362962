package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that needs 100 ns to get anywhere, 1 for a page to be read and 2 for one to be written; by hand and against a naive elevator. */
class DiskQueueTest {
  private static final int CPU = 7;

  private final DiskQueue disk = new DiskQueue(3, 100, 1, 2);

  private void write(int first, int pages) {
    for (int slot = first; slot < first + pages; slot++) {
      assertThat(disk.write(0, CPU, slot, slot, true)).as("slot %d", slot).isTrue();
    }
  }

  /** Where all that is there begins, in the order in which it is done. */
  private List<Long> order() {
    List<Long> places = new ArrayList<>();
    for (long now = 0, done = disk.begin(now); done >= 0; now = done, done = disk.begin(now)) {
      places.add(disk.complete().place());
    }
    return places;
  }

  @Test
  void onlyWhatIsNotBehindTheArmIsASeek() {
    disk.readSlots(0, CPU, 1, 50, 8);
    assertThat(disk.begin(0)).isEqualTo(108);
    assertThat(disk.begin(0)).as("it is busy").isEqualTo(-1);
    disk.complete();
    disk.readSlots(0, CPU, 1, 58, 4);
    assertThat(disk.begin(200)).isEqualTo(204);
    disk.complete();
    write(70, 3);
    assertThat(disk.begin(300)).isEqualTo(406);
    assertThat(disk.complete().pfns().size()).isEqualTo(3);
  }

  @Test
  void neighboursAreMergedUpToHalfAMebibyte() {
    write(0, 129);
    write(300, 1);
    assertThat(disk.write(0, CPU, 500, 500, true)).as("a fourth request").isFalse();
    write(129, 2);
    assertThat(disk.write(0, CPU, 301, 301, false)).as("what can be merged needs no room").isTrue();
    assertThat(disk.begin(0)).as("128 pages").isEqualTo(2 * 128);
    disk.complete();
    assertThat(disk.write(0, CPU, 500, 500, false)).as("others wait").isFalse();
    write(500, 1);
    assertThat(order()).containsExactly(128L, 300L, 500L);
  }

  @Test
  void aReadOfSeveralPlacesIsOverWithTheLastOne() {
    disk.readSlots(0, CPU, 1, 50, 1);
    disk.readSlots(0, CPU, 1, 10, 1);
    disk.readSlots(0, CPU, 2, 20, 1);
    List<Boolean> waits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      disk.begin(0);
      DiskRequest done = disk.complete();
      waits.add(disk.reads(done.origin(), done.task()));
    }
    // Upwards from 0: 10, 20, 50.
    assertThat(waits).containsExactly(true, false, false);
  }

  /** A batch of reads is 16 requests upwards; writes come after two batches of reads, and what is below waits for the next round. */
  @Test
  void readsGoFirstAndWritesAfterTwoBatches() {
    write(1000, 1);
    write(900, 1);
    for (int i = 0; i < 40; i++) {
      disk.readSlots(0, CPU, i, 10 + 10L * i, 1);
    }
    List<Long> order = order();
    assertThat(order.subList(0, 32)).isEqualTo(LongStream.range(0, 32).mapToObj(i -> 10 + 10 * i).toList());
    // The oldest write is first, and nothing is above it; the other one begins a batch of its own when no reads are left.
    assertThat(order.get(32)).isEqualTo(1000);
    assertThat(order.subList(33, 41)).containsExactly(330L, 340L, 350L, 360L, 370L, 380L, 390L, 400L);
    assertThat(order.get(41)).isEqualTo(900);
  }

  /** Reads ahead of the arm would go on for ever, but after half a second the oldest one has its turn. */
  @Test
  void aReadThatHasWaitedForHalfASecondIsNext() {
    disk.readSlots(0, CPU, 1, 100, 1);
    disk.begin(0);
    disk.complete();
    disk.readSlots(0, CPU, 1, 5, 1);
    for (int i = 0; i < 40; i++) {
      disk.readSlots(0, CPU, 2, 200 + 2 * i, 1);
    }
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      disk.begin(i < 20 ? 499_999_999 : 500_000_000);
      places.add(disk.complete().place());
    }
    // 1 + 15 of the first batch, 16 of the second, then the third would begin.
    assertThat(places.indexOf(5L)).isEqualTo(31);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomRequestsAgreeWithTheNaiveElevator(long seed) {
    Random random = new Random(seed);
    Naive naive = new Naive();
    DiskQueue queue = new DiskQueue(1000, 100, 1, 2);
    long now = 0;
    long number = 0;
    for (int i = 0; i < 3000; i++) {
      now += random.nextInt(seed % 2 == 0 ? 200 : 40_000_000);
      if (random.nextInt(100) < (i / 300 % 2 == 0 ? 60 : 40)) {
        // Apart from each other, so that nothing is merged, and no two at the same place.
        long place = 10L * random.nextInt(1000) + 20_000 * ++number;
        boolean write = random.nextInt(3) == 0;
        place = random.nextBoolean() ? place : Integer.MAX_VALUE - place;
        if (write) {
          queue.write(now, CPU, (int) number, place, true);
        } else {
          queue.readSlots(now, CPU, number, place, 1);
        }
        naive.add(write, place, now);
      } else {
        boolean begun = queue.begin(now) >= 0;
        long next = naive.next(now);
        assertThat(begun ? queue.complete().place() : -1).as("step %d of seed %d", i, seed).isEqualTo(next);
      }
    }
  }

  /** Keeps what waits sorted by place for each direction, as the kernel does, and a pointer to the one behind the last. */
  private static final class Naive {
    private final List<TreeMap<Long, Long>> waits = List.of(new TreeMap<>(), new TreeMap<>());
    private final List<List<Long>> byAge = List.of(new ArrayList<>(), new ArrayList<>());
    private int direction;
    private long end;
    private int inBatch = 16;
    private int passedOver;

    void add(boolean write, long place, long now) {
      waits.get(write ? 1 : 0).put(place, now);
      byAge.get(write ? 1 : 0).add(place);
    }

    long next(long now) {
      Long onward = waits.get(direction).ceilingKey(end);
      if (onward == null || inBatch == 16) {
        boolean reads = !waits.get(0).isEmpty();
        boolean writes = !waits.get(1).isEmpty();
        if (!reads && !writes) {
          return -1;
        }
        int before = direction;
        direction = reads && writes ? passedOver == 2 ? 1 : 0 : reads ? 0 : 1;
        passedOver = direction == 1 ? 0 : writes ? passedOver + 1 : passedOver;
        inBatch = 0;
        long oldest = byAge.get(direction).getFirst();
        long age = now - waits.get(direction).get(oldest);
        if (before != direction || onward == null || age >= (direction == 0 ? 500_000_000L : 5_000_000_000L)) {
          onward = oldest;
        }
      }
      inBatch++;
      end = onward + 1;
      waits.get(direction).remove(onward);
      byAge.get(direction).remove(onward);
      return onward;
    }
  }
}
