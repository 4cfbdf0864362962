package pinfold.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pinfold.engine.StateHash;

/** The feedback loop of MGLRU by hand, and against one that keeps every generation's counts. */
class TiersTest {
  private static final int ANON = GenLruVec.ANON;
  private static final int FILE = GenLruVec.FILE;

  private final Tiers tiers = new Tiers();

  @Test
  void tiersDoubleInAccesses() {
    assertThat(new int[] {Tiers.of(0), Tiers.of(1), Tiers.of(2), Tiers.of(3), Tiers.of(4)}).containsExactly(0, 1, 2, 2, 3);
  }

  @Test
  void withoutRefaultsFilesGoFirstAndNoTierIsProtected() {
    tiers.evicted(FILE, 2, 1_000);
    assertThat(tiers.typeToScan(60)).isEqualTo(FILE);
    assertThat(tiers.lastTier(FILE)).isEqualTo(3);
    assertThat(tiers.lastTierBesideOther(ANON, 60)).isEqualTo(3);
  }

  @Test
  void aTierIsProtectedWhereItRefaultsTwiceAsMuchAsTheLowest() {
    tiers.evicted(FILE, 0, 936);
    tiers.refaulted(FILE, 0, 99);
    tiers.evicted(FILE, 1, 500);
    // 100 of 1,000 pages, with what is added to both. Half of that twice over: 100 x 1,000 <= 100 x 500 x 2.
    tiers.refaulted(FILE, 1, 100);
    assertThat(tiers.lastTier(FILE)).isEqualTo(3);
    tiers.refaulted(FILE, 1, 1);
    assertThat(tiers.lastTier(FILE)).isEqualTo(0);
    // Pages that were spared are as good as evicted: 101 x 1,000 <= 100 x 505 x 2.
    tiers.kept(FILE, 1, 5);
    assertThat(tiers.lastTier(FILE)).isEqualTo(3);
  }

  @Test
  void fewerThan64RefaultsMeanNothing() {
    tiers.evicted(FILE, 1, 63);
    tiers.refaulted(FILE, 1, 63);
    assertThat(tiers.lastTier(FILE)).isEqualTo(3);
    tiers.evicted(FILE, 1, 1);
    tiers.refaulted(FILE, 1, 1);
    assertThat(tiers.lastTier(FILE)).isEqualTo(0);
  }

  @Test
  void theTypeThatRefaultsLessIsScannedWeighedBySwappiness() {
    tiers.evicted(ANON, 0, 936);
    tiers.refaulted(ANON, 0, 99);
    tiers.evicted(FILE, 0, 1_000);
    // Files: r x 1,000 x 60 <= 100 x 1,000 x 140, so up to 233 refaults.
    tiers.refaulted(FILE, 0, 233);
    assertThat(tiers.typeToScan(60)).isEqualTo(FILE);
    tiers.refaulted(FILE, 0, 1);
    assertThat(tiers.typeToScan(60)).isEqualTo(ANON);
    assertThat(tiers.typeToScan(59)).isEqualTo(FILE);
    // The second tier of files beside anonymous memory: 234 of 1,000 there as in the first.
    tiers.evicted(FILE, 1, 1_000);
    tiers.refaulted(FILE, 1, 234);
    assertThat(tiers.lastTierBesideOther(FILE, 60)).isEqualTo(0);
    assertThat(tiers.lastTierBesideOther(FILE, 59)).isEqualTo(3);
    assertThat(tiers.lastTier(FILE)).isEqualTo(3);
  }

  @Test
  void theOldFadesByHalfWithEachGeneration() {
    tiers.evicted(FILE, 1, 1_000);
    tiers.refaulted(FILE, 1, 1_000);
    // 1,000, 500, 250, 125, 62: below 64 with the fourth.
    for (int generation = 0; generation < 4; generation++) {
      assertThat(tiers.lastTier(FILE)).as("generation %d", generation).isEqualTo(0);
      tiers.nextGeneration(FILE);
    }
    assertThat(tiers.lastTier(FILE)).isEqualTo(3);
  }

  private long hash() {
    StateHash hash = new StateHash();
    tiers.hashState(hash);
    return hash.value();
  }

  @Test
  void allCountsAreState() {
    Set<Long> hashes = new TreeSet<>(List.of(hash()));
    tiers.evicted(FILE, 0, 2);
    assertThat(hashes.add(hash())).isTrue();
    tiers.refaulted(FILE, 0, 2);
    assertThat(hashes.add(hash())).isTrue();
    tiers.kept(ANON, 1, 2);
    assertThat(hashes.add(hash())).isTrue();
    tiers.nextGeneration(FILE);
    assertThat(hashes.add(hash())).isTrue();
    tiers.nextGeneration(ANON);
    assertThat(hashes.add(hash())).isTrue();
  }

  /** By type and tier: refaulted, and evicted or kept, of each generation. */
  private final List<List<long[][]>> history = List.of(new ArrayList<>(), new ArrayList<>());

  private BigInteger faded(int type, int tier, int what) {
    long old = 0;
    List<long[][]> generations = history.get(type);
    for (long[][] counts : generations.subList(0, generations.size() - 1)) {
      old = Math.floorDiv(old + counts[tier][what], 2);
    }
    return BigInteger.valueOf(old + generations.getLast()[tier][what]);
  }

  /** refaulted / total of the second, divided by its gain, is no more than (refaulted + 1) / (total + 64) of the first divided by its. */
  private boolean refaultsNoMore(int[] first, int firstGain, int[] second, int secondGain) {
    BigInteger left = faded(second[0], second[1], 0).multiply(BigInteger.valueOf(firstGain));
    BigInteger right = faded(first[0], first[1], 0).add(BigInteger.ONE).multiply(BigInteger.valueOf(secondGain));
    BigInteger firstTotal = faded(first[0], first[1], 1).add(BigInteger.valueOf(64));
    return faded(second[0], second[1], 0).longValue() < 64
        || left.multiply(firstTotal).compareTo(right.multiply(faded(second[0], second[1], 1))) <= 0;
  }

  private int naiveLastTier(int type, int[] first, int firstGain, int gain) {
    for (int tier = 1; tier < 4; tier++) {
      if (!refaultsNoMore(first, firstGain, new int[] {type, tier}, gain)) {
        return tier - 1;
      }
    }
    return 3;
  }

  @Test
  void decisionsAreThoseOfANaiveLoop() {
    Random random = new Random(7);
    history.forEach(generations -> generations.add(new long[4][2]));
    int[] chosen = new int[2];
    int[] last = new int[4];
    for (int step = 0; step < 20_000; step++) {
      int type = random.nextInt(2);
      int tier = random.nextInt(4);
      int pages = 1 + random.nextInt(40);
      long[] now = history.get(type).getLast()[tier];
      switch (random.nextInt(12)) {
        case 0 -> {
          tiers.nextGeneration(type);
          history.get(type).add(new long[4][2]);
        }
        case 1, 2, 3 -> {
          tiers.evicted(type, tier, pages);
          now[1] += pages;
        }
        case 4, 5 -> {
          tiers.kept(type, tier, pages);
          now[1] += pages;
        }
        default -> {
          tiers.refaulted(type, tier, pages);
          now[0] += pages;
        }
      }
      int swappiness = 2 + random.nextInt(198);
      int scanned = refaultsNoMore(new int[] {ANON, 0}, swappiness, new int[] {FILE, 0}, 200 - swappiness) ? FILE : ANON;
      int gain = scanned == ANON ? swappiness : 200 - swappiness;
      assertThat(tiers.typeToScan(swappiness)).as("step %d", step).isEqualTo(scanned);
      assertThat(tiers.lastTierBesideOther(scanned, swappiness)).as("step %d", step)
          .isEqualTo(naiveLastTier(scanned, new int[] {1 - scanned, 0}, 200 - gain, gain));
      assertThat(tiers.lastTier(type)).as("step %d", step).isEqualTo(naiveLastTier(type, new int[] {type, 0}, 1, 2));
      chosen[scanned]++;
      last[tiers.lastTier(type)]++;
    }
    assertThat(IntStream.of(chosen)).allMatch(count -> count > 2_000);
    assertThat(IntStream.of(last)).allMatch(count -> count > 500);
  }
}
