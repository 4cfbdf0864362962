package pinfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateHashTest {
  private static final int LONGEST = 40;

  private static long hash(long[] words, int from, int count) {
    return new StateHash().add(7).addAll(words, from, count).value();
  }

  @Test
  void everyBitOfEveryWordCounts() {
    long[] words = new Random(1).longs(LONGEST).toArray();
    for (int count = 1; count <= LONGEST; count++) {
      long plain = hash(words, 0, count);
      for (int i = 0; i < count; i++) {
        for (int bit = 0; bit < Long.SIZE; bit++) {
          words[i] ^= 1L << bit;
          assertThat(hash(words, 0, count)).as("%d words, word %d, bit %d", count, i, bit).isNotEqualTo(plain);
          words[i] ^= 1L << bit;
        }
      }
    }
  }

  @Test
  void everyOrderOfTwoWordsAndEveryLengthGivesAnotherHash() {
    long[] words = new Random(2).longs(LONGEST).toArray();
    Set<Long> seen = new HashSet<>();
    for (int count = 0; count <= LONGEST; count++) {
      assertThat(seen.add(hash(words, 0, count))).as("%d words", count).isTrue();
      for (int i = 0; i < count; i++) {
        for (int k = i + 1; k < count; k++) {
          swap(words, i, k);
          assertThat(seen.add(hash(words, 0, count))).as("%d words, %d and %d exchanged", count, i, k).isTrue();
          swap(words, i, k);
        }
      }
    }
  }

  @Test
  void whatWasFoldedBeforeAndBehindALongArrayCounts() {
    long[] words = new Random(3).longs(LONGEST).toArray();
    long plain = new StateHash().addAll(words, 0, LONGEST).add(1).value();
    assertThat(new StateHash().add(1).addAll(words, 0, LONGEST).value()).isNotEqualTo(plain);
    assertThat(new StateHash().addAll(words, 0, LONGEST).add(2).value()).isNotEqualTo(plain);
  }

  @Test
  void whereInTheArrayTheWordsAreDoesNotCount() {
    long[] words = new Random(4).longs(LONGEST).toArray();
    long[] moved = new long[LONGEST + 3];
    System.arraycopy(words, 0, moved, 3, LONGEST);
    for (int count = 0; count <= LONGEST; count++) {
      assertThat(hash(moved, 3, count)).isEqualTo(hash(words, 0, count));
    }
  }

  private static void swap(long[] words, int i, int k) {
    long word = words[i];
    words[i] = words[k];
    words[k] = word;
  }
}
