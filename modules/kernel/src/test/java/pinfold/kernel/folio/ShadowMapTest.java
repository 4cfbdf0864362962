package pinfold.kernel.folio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import pinfold.engine.StateHash;

class ShadowMapTest {
  @Test
  void itIsAMap() {
    Random random = new Random(3);
    ShadowMap map = new ShadowMap(1_500);
    TreeMap<Integer, Long> naive = new TreeMap<>();
    for (int step = 0; step < 5_000; step++) {
      int index = random.nextInt(1_500);
      assertThat(map.get(index)).isEqualTo(naive.getOrDefault(index, 0L));
      long shadow = random.nextBoolean() ? 0 : Shadow.of(index, 1, step, false);
      map.put(index, shadow);
      naive.put(index, shadow);
    }
  }

  private static long hash(ShadowMap map) {
    StateHash hash = new StateHash();
    map.hashState(hash);
    return hash.value();
  }

  @Test
  void whatItHoldsIsState() {
    ShadowMap map = new ShadowMap(1_500);
    long empty = hash(map);
    map.put(7, Shadow.of(0, 0, 0, false));
    long one = hash(map);
    map.put(7, 0);
    map.put(519, Shadow.of(0, 0, 0, false));
    assertThat(one).isNotEqualTo(empty).isNotEqualTo(hash(map));
    map.put(519, 0);
    assertThat(hash(map)).isEqualTo(empty);
  }
}
