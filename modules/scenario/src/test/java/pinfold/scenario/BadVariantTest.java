package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told who gets a variant file wrong, word for word. */
class BadVariantTest {
  private static final String ALL = "There are: batch-owner-hint, cma-as-fallback, drain-no-piggyback, hugh-2025, linux-2026, linux-6.1, linux-6.10, "
      + "linux-6.11, "
      + "linux-6.12, linux-6.12-before-33dfe, linux-6.12.117, linux-6.12.43, linux-6.12.49, linux-6.12.57, linux-6.14, "
      + "linux-6.18, linux-6.8, linux-6.9-rc1, lru-cache-drain-once, lru-cache-rcu, lru-cache-work-item, one-thp-list, will-2025, yangge-v1";

  @TempDir Path temp;

  @Test
  void anUnknownVariantNamesTheNearest() {
    assertThat(new ConfigDir(temp).complaint(() -> VariantFile.load("linux-2025", new ConfigDir(temp).searchPath())))
        .isEqualTo("variant linux-2025: not found in DIR/variants, SHIPPED/variants; did you mean linux-2026? " + ALL);
  }

  @Test
  void anUnknownParentNamesTheNearestAndItsLine() {
    assertThat(complaint("format = 1\nextends = yange-v1\n"))
        .isEqualTo("DIR/variants/mine.conf:2: extends = \"yange-v1\": "
            + "not found in DIR/variants, SHIPPED/variants; did you mean yangge-v1? There are: batch-owner-hint, "
            + "cma-as-fallback, drain-no-piggyback, hugh-2025, linux-2026, linux-6.1, linux-6.10, linux-6.11, linux-6.12, linux-6.12-before-33dfe, linux-6.12.117, "
            + "linux-6.12.43, linux-6.12.49, linux-6.12.57, linux-6.14, linux-6.18, linux-6.8, linux-6.9-rc1, lru-cache-drain-once, lru-cache-rcu, "
            + "lru-cache-work-item, mine, one-thp-list, will-2025, yangge-v1");
  }

  @Test
  void anUnknownSwitchNamesTheNearest() {
    assertThat(extending("drain-rul = ALWAYS")).isEqualTo(
        "DIR/variants/mine.conf:6: drain-rul = \"ALWAYS\": no such setting; did you mean drain-rule?");
  }

  @Test
  void anUnknownDrainRuleNamesTheNearest() {
    assertThat(extending("drain-rule = REFCOUT")).isEqualTo("DIR/variants/mine.conf:6: drain-rule = \"REFCOUT\": must be "
        + "one of LRU_FLAG, REFCOUNT, ALWAYS, LRU_OR_MLOCKED, MLOCKED_NOT_UNEVICTABLE, OWNER_HINT, or the full name of a "
        + "class such as org.example.MyRule; did you mean REFCOUNT?");
  }

  @Test
  void anUnknownChoiceNamesTheNearest() {
    assertThat(extending("migrate-passes = ASYNC3_SYNC")).isEqualTo("DIR/variants/mine.conf:6: migrate-passes = "
        + "\"ASYNC3_SYNC\": must be one of TEN, ASYNC3_SYNC7; did you mean ASYNC3_SYNC7?");
  }

  @Test
  void aSwitchOfAnotherTypeSaysWhichItNeeds() {
    assertThat(extending("local-drain-first = 1"))
        .isEqualTo("DIR/variants/mine.conf:6: local-drain-first = 1: must be true or false");
    assertThat(extending("batch-capacity = many"))
        .isEqualTo("DIR/variants/mine.conf:6: batch-capacity = \"many\": must be a whole number");
    assertThat(extending("batch-capacity = 15.5"))
        .isEqualTo("DIR/variants/mine.conf:6: batch-capacity = 15.5: must be a whole number");
  }

  @Test
  void aNumberOutOfRangeSaysTheRange() {
    assertThat(extending("batch-capacity = 0"))
        .isEqualTo("DIR/variants/mine.conf:6: batch-capacity = 0: must be from 1 to 63");
  }

  @Test
  void halfOfThePgLruRuleIsRefused() {
    assertThat(extending("clear-lru-at-queue = true")).isEqualTo("SHIPPED/variants/linux-6.12-before-33dfe.conf:14: "
        + "flush-tests-lru = true: must be false when clear-lru-at-queue = true: the flush would find PG_lru clear and "
        + "skip every folio");
    assertThat(extending("flush-tests-lru = false")).isEqualTo("DIR/variants/mine.conf:6: flush-tests-lru = false: must be "
        + "true when clear-lru-at-queue = false: the flush would move folios that others have isolated");
  }

  @Test
  void anotherFormatVersionIsRefused() {
    assertThat(complaint("format = 2\nextends = linux-6.10\n"))
        .isEqualTo("DIR/variants/mine.conf:1: format = 2: this build reads format 1 only");
  }

  @Test
  void aFileWithoutFormatIsRefused() {
    assertThat(complaint("extends = linux-6.10\n")).isEqualTo(
        "DIR/variants/mine.conf: format: is missing; write format = 1, the version that this build reads");
  }

  @Test
  void aCompleteFileThatForgetsASwitchIsRefused() {
    assertThat(complaint("format = 1\ntitle = x, commits = [], tags = []\nbatch-capacity = 31\nrelease-batch = 31\n"))
        .isEqualTo("DIR/variants/mine.conf: clear-lru-at-queue: is missing");
  }

  @Test
  void aVariantThatExtendsItselfIsRefused() {
    ConfigDir dir = new ConfigDir(temp).with("variants/a.conf", "format = 1\nextends = b\n")
        .with("variants/b.conf", "format = 1\nextends = a\n");
    assertThat(dir.complaint(() -> VariantFile.load("a", dir.searchPath()))).isEqualTo(
        "DIR/variants/b.conf:2: extends = \"a\": a variant cannot extend itself: a extends b extends a");
  }

  @Test
  void textThatIsNotHoconNamesTheLine() {
    assertThat(complaint("format = 1\ntitle = \"open\n")).startsWith("DIR/variants/mine.conf:2: is not valid HOCON: ");
  }

  @Test
  void anIncludeIsRefused() {
    assertThat(complaint("format = 1\ninclude \"other.conf\"\n")).isEqualTo("DIR/variants/mine.conf: includes other.conf, "
        + "but a file must say all of it itself (a variant may use extends, a scenario machine.file)");
  }

  private String extending(String line) {
    return complaint("format = 1\nextends = linux-6.10\ntitle = mine\ncommits = []\ntags = []\n" + line + "\n");
  }

  private String complaint(String text) {
    ConfigDir dir = new ConfigDir(temp).with("variants/mine.conf", text);
    return dir.complaint(() -> VariantFile.load("mine", dir.searchPath()));
  }
}
