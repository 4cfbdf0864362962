package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScanCountTest {
  /**
   * What a kernel asked for (trace-A-reclaim.txt, first call): 192 or 195 inactive pages, swappiness 60, and the cost of the rounds
   * before. With cost c the weights are 60 (3c + 1) / (2c + 1) of anonymous memory and 140 (3c + 1) / (c + 1) of files, cut to integers:
   * 60 and 140 for none, so 3/10 of 192 >> 5 = 6 pages is 1; 80 and 280 for c = 1, so 2/9 of 12 is 2; and so on.
   */
  @ParameterizedTest
  @CsvSource({"192, 5, 0, 1", "195, 4, 1, 2", "195, 3, 3, 4", "195, 2, 7, 8", "195, 1, 15, 17", "195, 0, 32, 195"})
  void roundsAskForWhatAKernelAskedFor(long inactive, int priority, long cost, int pages) {
    assertThat(ScanCount.of(control(priority, cost, 0), new long[] {inactive, 64, 0, 0}, 60, true)[0]).isEqualTo(pages);
  }

  @Test
  void withoutSwapAnonymousMemoryIsLeftAlone() {
    // 1000 >> 2 = 250 and 400 >> 2 = 100
    assertThat(ScanCount.of(control(2, 0, 0), new long[] {800, 800, 1000, 400}, 60, false)).containsExactly(0, 0, 250, 100);
  }

  @Test
  void aCostlyTypeIsScannedLess() {
    // anon cost 100, file cost 0: weights 60 * 301 / 201 = 89 and 140 * 301 / 101 = 417; of 1000 pages 175 and 824
    assertThat(ScanCount.of(control(0, 0, 0), new long[] {1000, 0, 1000, 0}, 60, true)).containsExactly(1000, 0, 1000, 0);
    assertThat(ScanCount.of(control(1, 100, 0), new long[] {2000, 0, 2000, 0}, 60, true)).containsExactly(175, 0, 824, 0);
  }

  @Test
  void ofATinyPageCacheAndOfAPlentifulOneOnlyOneTypeIsScanned() {
    ScanControl tiny = control(1, 0, 0);
    tiny.fileIsTiny = true;
    assertThat(ScanCount.of(tiny, new long[] {2000, 800, 400, 200}, 60, true)).containsExactly(1000, 400, 0, 0);
    ScanControl plenty = control(1, 0, 0);
    plenty.cacheTrimMode = true;
    assertThat(ScanCount.of(plenty, new long[] {2000, 800, 400, 200}, 60, true)).containsExactly(0, 0, 200, 100);
  }

  @Test
  void theInactiveListIsLowByASquareRootOfTheMemory() {
    assertThat(ScanCount.inactiveIsLow(99, 100)).isTrue();
    assertThat(ScanCount.inactiveIsLow(100, 100)).isFalse();
    // 4 GiB: sqrt(40) = 6
    long gib = 1 << 18;
    assertThat(ScanCount.inactiveIsLow(gib / 2, 4 * gib - gib / 2)).isTrue();
    assertThat(ScanCount.inactiveIsLow(gib, 3 * gib)).isFalse();
  }

  private static ScanControl control(int priority, long anonCost, long fileCost) {
    ScanControl control = ScanControl.ofMemcg(1, 32, true);
    control.priority = priority;
    control.anonCost = anonCost;
    control.fileCost = fileCost;
    return control;
  }
}
