package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariantFileTest {
  private static final List<Path> SHIPPED = List.of(ConfigDir.SHIPPED);

  @TempDir Path temp;

  @Test
  void theShippedVariantsAreThoseThatTheIssueListsAndOneOfTheMails() {
    assertThat(VariantFile.names(SHIPPED)).containsExactlyInAnyOrder(
        "linux-6.1", "linux-6.8", "linux-6.10", "yangge-v1", "linux-6.11", "linux-6.12", "linux-6.12.49", "linux-6.14",
        "will-2025", "linux-6.18", "linux-2026", "linux-6.12-before-33dfe", "linux-6.12.43", "linux-6.12.57",
        "linux-6.12.117", "batch-owner-hint", "hugh-2025", "lru-cache-drain-once", "lru-cache-work-item",
        "lru-cache-rcu", "linux-6.9-rc1", "drain-no-piggyback", "one-thp-list",
        "cma-as-fallback");
  }

  /** Every switch of every shipped variant, as kernel-model.md 0.3 and 0.4 have them. */
  @ParameterizedTest
  @CsvSource(textBlock = """
      # name,                 cap, rel, clear, flush, file,  rule,           local, pin,  cached, empty, all,   mglru, dead, passes,       drain,   thp, pcp,        fault, cma
      linux-6.1,               15, 32,  false, true,  false, LRU_FLAG,       false, ONE,  false,  false, false, false, false, TEN,          MAPPED,  1, FIXED,      MMAP, ALWAYS
      linux-6.8,               15, 32,  false, true,  false, LRU_FLAG,       false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 1, AUTO_TUNED, VMA, ALWAYS
      linux-6.9-rc1,           15, 15,  false, true,  false, LRU_FLAG,       false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 1, AUTO_TUNED, VMA, ALWAYS
      linux-6.10,              31, 31,  false, true,  false, LRU_FLAG,       false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      yangge-v1,               31, 31,  false, true,  false, ALWAYS,         false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.11,              31, 31,  true,  false, false, LRU_FLAG,       false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.12,              31, 31,  true,  false, false, LRU_FLAG,       false, ONE,  false,  false, false, true,  false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.12.49,           31, 31,  true,  false, false, REFCOUNT,       false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.14,              31, 31,  true,  false, false, LRU_FLAG,       false, ONE,  false,  true,  false, true,  false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, COSTLY_ASYNC
      will-2025,               31, 31,  true,  false, false, LRU_OR_MLOCKED, false, ONE,  false,  false, false, true,  false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, COSTLY_ASYNC
      hugh-2025,               31, 31,  true,  false, false, MLOCKED_NOT_UNEVICTABLE, false, ONE, false, false, false, true, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, COSTLY_ASYNC
      linux-6.18,              31, 31,  false, true,  true,  REFCOUNT,       true,  ONE,  true,   false, true,  false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, COSTLY_ASYNC
      linux-2026,              31, 31,  false, true,  true,  REFCOUNT,       true,  BIAS, true,   false, true,  false, true,  ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, COSTLY_ASYNC
      linux-6.12-before-33dfe, 31, 31,  false, true,  false, LRU_FLAG,       false, ONE,  false,  false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.12.43,           31, 31,  true,  false, false, LRU_FLAG,       false, ONE,  false,  false, false, true,  false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.12.57,           31, 31,  false, true,  true,  REFCOUNT,       true,  ONE,  true,   false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      linux-6.12.117,          31, 31,  false, true,  true,  REFCOUNT,       true,  BIAS, true,   false, false, false, false, ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, ALWAYS
      batch-owner-hint,        31, 31,  false, true,  true,  OWNER_HINT,     true,  BIAS, true,   false, true,  false, true,  ASYNC3_SYNC7, MLOCKED, 2, AUTO_TUNED, VMA, COSTLY_ASYNC
      """)
  void everyShippedSwitchIsThatOfTheKernelModel(String name, int capacity, int release, boolean clear, boolean flush, boolean file,
      String rule, boolean local, VariantSpec.PinRefs pin, boolean cached, boolean empty, boolean all, boolean mglru,
      boolean dead, VariantSpec.MigratePasses passes, VariantSpec.MigrateDrain drain, int thp, VariantSpec.PcpHigh pcp,
      VariantSpec.FaultLock fault, VariantSpec.CompactionCma cma) {
    VariantSpec spec = VariantFile.load(name, SHIPPED);
    assertThat(spec).isEqualTo(new VariantSpec(name, spec.title(), spec.commits(), spec.tags(), capacity, release, clear, flush,
        file, rule, local, pin, cached, empty, all, true, mglru, dead, passes, drain, thp, VariantSpec.MlockBatch.PER_CPU, pcp, fault,
        VariantSpec.LruCacheDisable.RCU_EXPEDITED, cma, true));
    assertThat(spec.title()).isNotBlank();
    assertThat(spec.tags()).isNotEmpty();
  }

  /** Each is linux-6.1 but for one line (evidence 3.4: d479960e44f2, ff042f4a9b05). */
  @ParameterizedTest
  @CsvSource({"lru-cache-drain-once, DRAIN_ONCE", "lru-cache-work-item, WORK_ITEM", "lru-cache-rcu, RCU"})
  void theFormsOfLruCacheDisableAreOneLineEach(String name, VariantSpec.LruCacheDisable form) throws IOException {
    assertThat(VariantFile.load(name, SHIPPED).lruCacheDisable()).isEqualTo(form);
    try (Stream<String> lines = Files.lines(ConfigDir.SHIPPED.resolve("variants/" + name + ".conf"))) {
      assertThat(lines.filter(line -> line.matches("[a-z-]+ = \"?[\\w.-]+\"?")))
          .containsExactly("format = 1", "extends = \"linux-6.1\"", "lru-cache-disable = " + form);
    }
  }

  /** linux-6.1 but for one line (evidence 3.4: eef1a429f234). */
  @Test
  void theDrainsOfEveryCallerAreOneLine() throws IOException {
    assertThat(VariantFile.load("drain-no-piggyback", SHIPPED).drainAllPiggybacks()).isFalse();
    try (Stream<String> lines = Files.lines(ConfigDir.SHIPPED.resolve("variants/drain-no-piggyback.conf"))) {
      assertThat(lines.filter(line -> line.matches("[a-z-]+ = \"?[\\w.-]+\"?")))
          .containsExactly("format = 1", "extends = \"linux-6.1\"", "drain-all-piggybacks = false");
    }
  }

  @Test
  void cmaAsAFallbackIsOneLineOf61() throws IOException {
    assertThat(VariantFile.load("cma-as-fallback", SHIPPED).cmaHalfRule()).isFalse();
    try (Stream<String> lines = Files.lines(ConfigDir.SHIPPED.resolve("variants/cma-as-fallback.conf"))) {
      assertThat(lines.filter(line -> line.matches("[a-z-]+ = \"?[\\w.-]+\"?")))
          .containsExactly("format = 1", "extends = \"linux-6.1\"", "cma-half-rule = false");
    }
  }

  @Test
  void oneListOfFreeThpsIsOneLineOf610() throws IOException {
    try (Stream<String> lines = Files.lines(ConfigDir.SHIPPED.resolve("variants/one-thp-list.conf"))) {
      assertThat(lines.filter(line -> line.matches("[a-z-]+ = \"?[\\w.-]+\"?")))
          .containsExactly("format = 1", "extends = \"linux-6.10\"", "thp-pcp-lists = 1");
    }
  }

  @Test
  void whatChangesBetween610And611IsTwoLinesOfOneFile() throws IOException {
    try (Stream<String> lines = Files.lines(ConfigDir.SHIPPED.resolve("variants/linux-6.11.conf"))) {
      assertThat(lines.filter(line -> line.matches("[a-z-]+ = (true|false|\\w+)")))
          .containsExactly("format = 1", "clear-lru-at-queue = true", "flush-tests-lru = false");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-6.12-before-33dfe", "linux-6.12.43", "linux-6.12.57", "linux-6.12.117"})
  void aRecordedBuildSaysEverySwitchItself(String name) throws IOException {
    assertThat(Files.readString(ConfigDir.SHIPPED.resolve("variants/" + name + ".conf"))).doesNotContain("extends");
  }

  @Test
  void aVariantIsCopiedAndOneLineChanged() {
    ConfigDir dir = new ConfigDir(temp).with("variants/mine.conf", """
        format = 1
        extends = linux-6.10
        title = "mine", commits = [], tags = []
        drain-rule = org.example.MyRule
        """);
    VariantSpec mine = VariantFile.load("mine", dir.searchPath());
    VariantSpec base = VariantFile.load("linux-6.10", SHIPPED);
    assertThat(mine.drainRule()).isEqualTo("org.example.MyRule");
    assertThat(mine.batchCapacity()).isEqualTo(base.batchCapacity());
    assertThat(mine.pgLruRule()).isEqualTo(PgLruRule.CLEARED_IN_FLUSH);
  }

  @Test
  void aVariantMayBeGivenByThePathOfItsFile() {
    Path file = ConfigDir.SHIPPED.resolve("variants/linux-2026.conf");
    assertThat(VariantFile.load(file.toString(), List.of())).isEqualTo(VariantFile.load("linux-2026", SHIPPED));
  }
}
