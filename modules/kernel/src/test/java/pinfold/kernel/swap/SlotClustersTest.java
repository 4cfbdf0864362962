package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.folio.IntMap;

class SlotClustersTest {
  private final IntMap state = new IntMap();

  private int take(SlotClusters clusters) {
    int slot = clusters.take(state);
    assertThat(state.get(slot)).as("slot %d is free", slot).isZero();
    state.put(slot, 1);
    return slot;
  }

  @Test
  void slotsFollowEachOtherAndTheNextClusterIsTheLowestThatIsEmpty() {
    SlotClusters clusters = new SlotClusters(1024);
    for (int slot = 0; slot < 300; slot++) {
      assertThat(take(clusters)).isEqualTo(slot);
    }
    // What is freed below is not taken while the cluster goes on, from 256 to 511, and then it is 200 to 455 that is empty.
    for (int slot = 200; slot < 300; slot++) {
      state.remove(slot);
    }
    for (int slot = 300; slot < 512; slot++) {
      assertThat(take(clusters)).isEqualTo(slot);
    }
    // 200 to 299 are too few, so 512 to 767.
    assertThat(take(clusters)).isEqualTo(512);
    for (int slot = 300; slot < 456; slot++) {
      state.remove(slot);
    }
    for (int slot = 513; slot < 768; slot++) {
      assertThat(take(clusters)).isEqualTo(slot);
    }
    assertThat(take(clusters)).isEqualTo(200);
  }

  @Test
  void whereNoClusterIsEmptyItGoesRound() {
    SlotClusters clusters = new SlotClusters(300);
    for (int slot = 0; slot < 300; slot++) {
      take(clusters);
    }
    state.remove(298);
    state.remove(3);
    assertThat(take(clusters)).isEqualTo(3);
    assertThat(take(clusters)).isEqualTo(298);
  }

  /** Against one that looks at every place. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomSlotsAgreeWithTheNaiveSearch(long seed) {
    Random random = new Random(seed);
    int slots = 1500;
    SlotClusters clusters = new SlotClusters(slots);
    BitSet used = new BitSet();
    int next = 0;
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      if (used.cardinality() < slots && random.nextInt(100) < (i / 2000 % 2 == 0 ? 70 : 40)) {
        if (taken++ % 256 == 0) {
          for (int from = 0; from <= slots - 256; from++) {
            if (used.nextSetBit(from) < 0 || used.nextSetBit(from) >= from + 256) {
              next = from;
              break;
            }
          }
        }
        int expected = used.nextClearBit(next) < slots ? used.nextClearBit(next) : used.nextClearBit(0);
        assertThat(take(clusters)).as("step %d of seed %d", i, seed).isEqualTo(expected);
        used.set(expected);
        next = expected + 1;
      } else {
        int slot = used.nextSetBit(random.nextInt(slots));
        int end = Math.min(slots, slot + 1 + random.nextInt(random.nextInt(8) == 0 ? 600 : 3));
        for (; slot >= 0 && slot < end; slot++) {
          used.clear(slot);
          state.remove(slot);
        }
      }
    }
  }
}
