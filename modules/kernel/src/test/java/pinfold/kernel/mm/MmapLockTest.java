package pinfold.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.mm.MmapLock.Mode;

class MmapLockTest {
  private final MmapLock<String> lock = new MmapLock<>();

  private boolean read(long owner) {
    return lock.acquire(owner, Mode.READ, "r" + owner);
  }

  private boolean write(long owner) {
    return lock.acquire(owner, Mode.WRITE, "w" + owner);
  }

  @Test
  void aWaitingWriterStopsLaterReaders() {
    assertThat(read(1)).isTrue();
    assertThat(read(2)).isTrue();
    assertThat(write(3)).isFalse();
    assertThat(read(4)).isFalse();
    assertThat(lock.release(1)).isEmpty();
    assertThat(lock.release(2)).containsExactly("w3");
    assertThat(lock.release(3)).containsExactly("r4");
    assertThat(lock.release(4)).isEmpty();
    assertThat(lock.isFree()).isTrue();
  }

  /** rwsem_mark_wake() goes over the whole queue and leaves the writers. */
  @Test
  void aReaderAtTheHeadTakesTheOthersAlongPastTheWriters() {
    assertThat(write(1)).isTrue();
    assertThat(read(2)).isFalse();
    assertThat(write(3)).isFalse();
    assertThat(read(4)).isFalse();
    assertThat(write(5)).isFalse();
    assertThat(lock.release(1)).containsExactly("r2", "r4");
    assertThat(lock.release(4)).isEmpty();
    assertThat(lock.release(2)).containsExactly("w3");
    assertThat(lock.release(3)).containsExactly("w5");
  }

  @Test
  void aDowngradedWriterWaitsForReadersAndLetsThemIn() {
    assertThat(read(1)).isTrue();
    assertThat(lock.acquire(2, Mode.WRITE_DOWNGRADED, "d2")).isFalse();
    assertThat(read(3)).isFalse();
    assertThat(write(4)).isFalse();
    assertThat(lock.release(1)).containsExactly("d2", "r3");
    assertThat(lock.release(2)).isEmpty();
    assertThat(lock.release(3)).containsExactly("w4");
  }

  @Test
  void aReportNamesHoldersAndWaiters() {
    read(1);
    write(2);
    assertThat(lock.describe(owner -> "task " + owner)).isEqualTo("held for read by task 1, task 2 waits for write");
  }

  /** One writer or readers, writers in order of arrival, and everybody gets it in the end. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomUseExcludesAndServesEverybody(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, Mode> holding = new TreeMap<>();
    List<Long> writersInOrder = new ArrayList<>();
    List<Long> writersServed = new ArrayList<>();
    TreeMap<Long, Mode> asked = new TreeMap<>();
    MmapLock<Long> shared = new MmapLock<>();
    for (long owner = 0; owner < 2_000 || !holding.isEmpty(); owner++) {
      if (owner < 2_000 && random.nextInt(3) > 0) {
        Mode mode = Mode.values()[random.nextInt(3)];
        asked.put(owner, mode);
        if (mode != Mode.READ) {
          writersInOrder.add(owner);
        }
        if (shared.acquire(owner, mode, owner)) {
          served(owner, mode, holding, writersServed);
        }
      } else if (!holding.isEmpty()) {
        List<Long> holders = List.copyOf(holding.keySet());
        long leaving = holders.get(random.nextInt(holders.size()));
        holding.remove(leaving);
        for (long next : shared.release(leaving)) {
          served(next, asked.get(next), holding, writersServed);
        }
      }
      boolean written = holding.containsValue(Mode.WRITE);
      assertThat(written ? holding.size() : 1).as("seed %d: holders beside a writer", seed).isEqualTo(1);
    }
    assertThat(writersServed).as("seed %d", seed).isEqualTo(writersInOrder);
    assertThat(shared.isFree()).isTrue();
    assertThat(shared.describe(Long::toString)).isEmpty();
  }

  private static void served(long owner, Mode mode, TreeMap<Long, Mode> holding, List<Long> writersServed) {
    assertThat(mode == Mode.WRITE && !holding.isEmpty()).as("a writer gets it while others hold it").isFalse();
    holding.put(owner, mode == Mode.WRITE ? Mode.WRITE : Mode.READ);
    if (mode != Mode.READ) {
      writersServed.add(owner);
    }
  }
}
