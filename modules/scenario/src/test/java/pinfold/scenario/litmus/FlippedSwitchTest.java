package pinfold.scenario.litmus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.VariantSpec;

/** Turns each switch of each variant the other way round: the litmus test that guards the switch there must fail. */
class FlippedSwitchTest {
  private static final List<String> VARIANTS = VariantFile.names(ShippedLitmus.SEARCH_PATH);

  /** Every variant and switch with the litmus file that fails, but for those where {@link #silent} says why none does. */
  static Stream<Arguments> guarded() {
    return VARIANTS.stream().flatMap(variant -> Stream.of(Switch.values()).filter(flipped -> silent(variant, flipped) == null)
        .map(flipped -> Arguments.of(variant, flipped, guard(variant, flipped))));
  }

  /** The file that fails. */
  private static String guard(String variant, Switch flipped) {
    return switch (flipped) {
      case BATCH_CAPACITY -> "batch-capacity";
      case RELEASE_BATCH -> "release-batch";
      case PG_LRU -> "t01-t02-repeated-access";
      case DEACTIVATE_FILE_TESTS_LRU -> "deactivate-file";
      case DRAIN_RULE -> variant.equals("hugh-2025") ? "s3-activate-local" : "t07-t09-mlock-remote";
      case LOCAL_DRAIN_FIRST -> "t03-t06-activate-remote";
      case PIN_REFS_IN_EXPECTATION -> "t05-t06-nothing-batched";
      case DRAIN_ONLY_IF_MAY_BE_CACHED -> "foreign-reference-on-thp";
      case EMPTY_LIST_IS_SUCCESS -> "truth-isolated-by-another";
      case DRAIN_ALL_DRAINS_LOCAL_FIRST -> "drain-all-own-cpu-first";
      case DRAIN_ALL_PIGGYBACKS -> "drain-all-piggyback";
      case FILTER_DEAD_ON_ADD_FLUSH -> "dead-on-lru-add";
      case MIGRATE_PASSES -> "locked-page-that-stays";
      case MIGRATE_DRAIN -> "migrate-drain";
      case THP_PCP_LISTS -> "s10-thp-pcp-list";
      case PCP_HIGH -> "pcp-high";
      case FAULT_LOCK -> "mmap-lock-faults";
      case LRU_CACHE_DISABLE -> "lru-cache-disable-forms";
      case COMPACTION_CMA -> "compaction-cma";
      case CMA_HALF_RULE -> "cma-half-rule";
      case MGLRU_NON_LRU_INELIGIBLE -> "t11-mglru-queued-folios";
    };
  }

  /** Why no litmus test can tell, null if one can. */
  private static String silent(String variant, Switch flipped) {
    VariantSpec spec = VariantFile.load(variant, ShippedLitmus.SEARCH_PATH);
    if (!spec.cmaHalfRule() && flipped != Switch.CMA_HALF_RULE) {
      return "the guards want their pages in CMA; linux-6.1, which it is otherwise, has them";
    }
    return switch (flipped) {
      case MGLRU_NON_LRU_INELIGIBLE -> spec.clearLruAtQueue() ? null : "no folio that is on a list has PG_lru clear";
      case DEACTIVATE_FILE_TESTS_LRU -> spec.clearLruAtQueue() ? "queueing tests and clears PG_lru itself" : null;
      case LOCAL_DRAIN_FIRST, PIN_REFS_IN_EXPECTATION, DRAIN_ONLY_IF_MAY_BE_CACHED ->
          spec.drainRule().equals("REFCOUNT") ? null : "only the rule REFCOUNT asks";
      default -> null;
    };
  }

  /** What is turned. mlock-batch has one value only, so there is nothing to turn it to. */
  enum Switch {
    BATCH_CAPACITY, RELEASE_BATCH, PG_LRU, DEACTIVATE_FILE_TESTS_LRU, DRAIN_RULE, LOCAL_DRAIN_FIRST, PIN_REFS_IN_EXPECTATION,
    DRAIN_ONLY_IF_MAY_BE_CACHED, EMPTY_LIST_IS_SUCCESS, DRAIN_ALL_DRAINS_LOCAL_FIRST, DRAIN_ALL_PIGGYBACKS,
    MGLRU_NON_LRU_INELIGIBLE, FILTER_DEAD_ON_ADD_FLUSH, MIGRATE_PASSES, MIGRATE_DRAIN, THP_PCP_LISTS, PCP_HIGH, FAULT_LOCK,
    LRU_CACHE_DISABLE, COMPACTION_CMA, CMA_HALF_RULE;

    VariantSpec flip(VariantSpec s) {
      boolean pgLru = this == PG_LRU;
      return new VariantSpec(s.name(), s.title(), s.commits(), s.tags(),
          this == BATCH_CAPACITY ? 15 + 31 - s.batchCapacity() : s.batchCapacity(),
          this == RELEASE_BATCH ? s.releaseBatch() == 31 ? 32 : 31 : s.releaseBatch(),
          s.clearLruAtQueue() ^ pgLru, s.flushTestsLru() ^ pgLru,
          s.deactivateFileTestsLru() ^ this == DEACTIVATE_FILE_TESTS_LRU,
          this == DRAIN_RULE ? s.drainRule().equals("LRU_FLAG") ? "REFCOUNT" : "LRU_FLAG" : s.drainRule(),
          s.localDrainFirst() ^ this == LOCAL_DRAIN_FIRST,
          flip(PIN_REFS_IN_EXPECTATION, s.pinRefsInExpectation(), VariantSpec.PinRefs.values()),
          s.drainOnlyIfMayBeCached() ^ this == DRAIN_ONLY_IF_MAY_BE_CACHED,
          s.emptyListIsSuccess() ^ this == EMPTY_LIST_IS_SUCCESS,
          s.drainAllDrainsLocalFirst() ^ this == DRAIN_ALL_DRAINS_LOCAL_FIRST,
          s.drainAllPiggybacks() ^ this == DRAIN_ALL_PIGGYBACKS,
          s.mglruNonLruIneligible() ^ this == MGLRU_NON_LRU_INELIGIBLE,
          s.filterDeadOnAddFlush() ^ this == FILTER_DEAD_ON_ADD_FLUSH,
          flip(MIGRATE_PASSES, s.migratePasses(), VariantSpec.MigratePasses.values()),
          flip(MIGRATE_DRAIN, s.migrateDrain(), VariantSpec.MigrateDrain.values()),
          this == THP_PCP_LISTS ? 3 - s.thpPcpLists() : s.thpPcpLists(), s.mlockBatch(),
          flip(PCP_HIGH, s.pcpHigh(), VariantSpec.PcpHigh.values()),
          flip(FAULT_LOCK, s.faultLock(), VariantSpec.FaultLock.values()),
          this == LRU_CACHE_DISABLE ? otherForm(s.lruCacheDisable()) : s.lruCacheDisable(),
          flip(COMPACTION_CMA, s.compactionCma(), VariantSpec.CompactionCma.values()),
          s.cmaHalfRule() ^ this == CMA_HALF_RULE);
    }

    /** One that differs in more than time. */
    private static VariantSpec.LruCacheDisable otherForm(VariantSpec.LruCacheDisable form) {
      return form == VariantSpec.LruCacheDisable.WORK_ITEM ? VariantSpec.LruCacheDisable.RCU : VariantSpec.LruCacheDisable.WORK_ITEM;
    }

    /** The other of two values. */
    private <T extends Enum<T>> T flip(Switch mine, T value, T[] values) {
      return this == mine ? values[1 - value.ordinal()] : value;
    }
  }

  private static KernelVariant flipped(String variant, Switch flipped) {
    return KernelVariants.of(flipped.flip(VariantFile.load(variant, ShippedLitmus.SEARCH_PATH)));
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void theGuardOfAFlippedSwitchFails(String variant, Switch flipped, String file) {
    Litmus guard = ShippedLitmus.named(file);
    assertThat(guard.variants()).contains(variant);
    assertThat(LitmusRun.run(guard, ShippedLitmus.variant(variant), RunOptions.SEQUENTIAL).text()).contains("hold");
    assertThat(LitmusRun.run(guard, flipped(variant, flipped), RunOptions.SEQUENTIAL).misses()).isNotEmpty();
  }

  /** Those that make the same kernel, or that no litmus test can tell; each with its reason. */
  @Test
  void switchesThatNoLitmusTestGuardsSayNothingThere() {
    List<Litmus> quick = ShippedLitmus.all().stream().filter(litmus -> !litmus.file().contains("populate-calls")).toList();
    for (String variant : VARIANTS) {
      for (Switch flipped : Switch.values()) {
        String reason = silent(variant, flipped);
        KernelVariant kernel = flipped(variant, flipped);
        if (reason == null || kernel.equals(ShippedLitmus.variant(variant))) {
          continue;
        }
        for (Litmus litmus : quick) {
          if (litmus.variants().contains(variant)) {
            assertThat(LitmusRun.run(litmus, kernel, RunOptions.SEQUENTIAL).misses()).as(flipped + " of " + variant).isEmpty();
          }
        }
      }
    }
  }

  /** So that a switch that is added later is not forgotten here: the name of a variant, four texts, and the switches. */
  @Test
  void everySwitchIsFlipped() {
    int pgLruIsTwo = 1;
    int mlockBatchHasOneValue = 1;
    assertThat(VariantSpec.class.getRecordComponents()).hasSize(4 + Switch.values().length + pgLruIsTwo + mlockBatchHasOneValue);
    assertThat(VariantSpec.MlockBatch.values()).hasSize(1);
  }
}
