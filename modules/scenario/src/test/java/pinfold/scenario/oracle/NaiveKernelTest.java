package pinfold.scenario.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.scenario.oracle.NaivePage.Flags;

/** Rules that no recorded script of the files depends on, or not visibly; the arithmetic is written out. */
class NaiveKernelTest {

  private NaiveKernel kernel;
  private NaiveMemory memory;

  private void start(NaiveRules rules) {
    kernel = new NaiveKernel(rules, new Choices(List.of()));
    memory = new NaiveMemory(kernel);
  }

  /** 4 pages of a locked-on-fault memfd, faulted by CPU 1, whose lru_add batch is then flushed by 40 other pages (31 + 9). */
  private NaiveMapping mlockEntriesLeftOnCpu1() {
    NaiveMapping mapping = new NaiveMapping(true, 4);
    memory.mlockOnFault(0, mapping, 0, 4);
    memory.fault(1, mapping, 0, 4);
    memory.fault(1, new NaiveMapping(false, 40), 0, 40);
    return mapping;
  }

  private static void assertAll(NaiveMapping mapping, Predicate<Flags> expected) {
    assertThat(mapping.pages).allSatisfy(page -> assertThat(page.flags).matches(expected));
  }

  @ParameterizedTest
  @EnumSource(value = NaiveRules.class, names = {"A", "B", "C1", "C2"})
  void anMlockEntryThatOutlivesAMunlockKeepsUnlockedMemoryUnevictableUntilItMigrates(NaiveRules rules) {
    start(rules);
    NaiveMapping mapping = mlockEntriesLeftOnCpu1();
    assertAll(mapping, f -> f.lru() && f.unevictable() && f.mlocked() && f.mlockCount() == 0);
    memory.munlock(0, mapping, 0, 4);
    assertAll(mapping, f -> f.lru() && !f.unevictable() && !f.mlocked());
    memory.mlock(0, mapping, 0, 4);
    assertAll(mapping, f -> f.unevictable() && f.mlocked() && f.mlockCount() == 1);
    kernel.drainLocal(1);
    assertAll(mapping, f -> f.unevictable() && f.mlockCount() == 2);
    memory.munlock(0, mapping, 0, 4);
    kernel.drainAll(0);
    assertAll(mapping, f -> f.unevictable() && f.mlocked() && f.mlockCount() == 1);

    NaiveCounters before = kernel.counters.copy();
    assertThat(new NaivePin(kernel, memory, 0, mapping, 0, 4).pin()).isZero();

    int c1 = rules == NaiveRules.C1 ? 1 : 0; // C1 spends one drain of each kind on any small folio
    assertThat(kernel.counters.since(before, NaiveCounter.DRAIN_ALL)).isEqualTo(c1);
    assertThat(kernel.counters.since(before, NaiveCounter.LOCAL_DRAIN)).isEqualTo(4 + c1);
    assertThat(kernel.counters.since(before, NaiveCounter.PGMIGRATE_SUCCESS)).isEqualTo(4);
    assertThat(kernel.counters.since(before, NaiveCounter.UNEVICTABLE_RESCUED)).isEqualTo(4);
    assertThat(kernel.counters.since(before, NaiveCounter.UNEVICTABLE_CULLED)).isZero();
    assertAll(mapping, f -> !f.unevictable() && !f.mlocked());
  }

  @ParameterizedTest
  @EnumSource(value = NaiveRules.class, names = {"A", "C1", "C2"})
  void onePageActivatesAfterSixtyTwoAccesses(NaiveRules rules) {
    start(rules);
    NaiveMapping mapping = new NaiveMapping(false, 1);
    memory.fault(0, mapping, 0, 1);
    kernel.drainLocal(0);
    NaivePage page = mapping.pages[0];
    for (int call = 1; call <= 61; call++) { // every second call queues: 30 entries, and 30 references
      kernel.markAccessed(0, page);
    }
    assertThat(page.flags.active()).isFalse();
    assertThat(page.refcount).isEqualTo(31);
    kernel.markAccessed(0, page); // the 31st entry fills the batch
    assertThat(page.flags.active()).isTrue();
    assertThat(page.refcount).isEqualTo(1);
    assertThat(kernel.counters.get(NaiveCounter.PGACTIVATE)).isEqualTo(1);
  }

  @Test
  void inBOnePageIsQueuedOnceAndNeverActivatesByItself() {
    start(NaiveRules.B);
    NaiveMapping mapping = new NaiveMapping(false, 1);
    memory.fault(0, mapping, 0, 1);
    kernel.drainLocal(0);
    for (int call = 1; call <= 200; call++) {
      kernel.markAccessed(0, mapping.pages[0]);
    }
    assertThat(mapping.pages[0].refcount).isEqualTo(2);
    assertThat(mapping.pages[0].flags.lru()).isFalse();
    assertThat(kernel.counters.get(NaiveCounter.PGACTIVATE)).isZero();
  }

  /** Each failing folio is unmapped and mapped again twice: with the batch, and alone. */
  @ParameterizedTest
  @EnumSource(value = NaiveRules.class, names = {"A", "B"})
  void aMlockedFolioThatCannotMoveIsStrandedAndMlockedTwice(NaiveRules rules) {
    start(rules);
    NaiveMapping mapping = mlockEntriesLeftOnCpu1();
    NaiveCounters before = kernel.counters.copy();
    assertThat(new NaivePin(kernel, memory, 0, mapping, 0, 4).pin()).isEqualTo(NaivePin.ENOMEM);
    assertThat(kernel.counters.since(before, NaiveCounter.UNEVICTABLE_STRANDED)).isEqualTo(8);
    assertThat(kernel.counters.since(before, NaiveCounter.UNEVICTABLE_MLOCKED)).isEqualTo(8);
    assertThat(kernel.counters.since(before, NaiveCounter.UNEVICTABLE_CULLED)).isZero();
    assertThat(kernel.counters.since(before, NaiveCounter.UNEVICTABLE_RESCUED)).isZero();
    assertAll(mapping, f -> !f.lru() && f.unevictable() && f.mlocked());
  }

  /** Lazyfree on one CPU and activate on another: both orders, and either request alone. */
  @Test
  void oneFolioInTwoBatchesCanEndInFourWays() {
    NaivePage page = new NaivePage(1, true, true);
    page.flags = page.flags.withLru(true);
    List<List<NaiveRequest>> workers = List.of(List.of(NaiveRequest.LAZYFREE), List.of(NaiveRequest.ACTIVATE));
    assertThat(DrainRace.outcomes(NaiveRules.C2, page, workers))
        .extracting(outcome -> outcome.counted().get(NaiveCounter.PGLAZYFREE) + " "
            + outcome.counted().get(NaiveCounter.PGACTIVATE) + " " + outcome.flags().active())
        .containsExactlyInAnyOrder("1 1 true", "1 1 false", "1 0 false", "0 1 true");
    assertThat(page.flags.lru()).isTrue();
  }
}
