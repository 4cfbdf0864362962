package pinfold.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import pinfold.experiment.compare.Comparer;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/** vm-passthrough-published: a VM of 32 GiB in 4 KiB pages, so 8,388,608 pages, needs about half a GiB. */
class HeapPlanTest {
  private static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));
  private static final long GIB = 1L << 30;

  @Test
  void asManyRunsGoSideBySideAsFit() {
    assertThat(plan(2, 8, 8 * GIB).sideBySide()).as("no more than there are").isEqualTo(2);
    assertThat(plan(8, 2, 8 * GIB).sideBySide()).as("no more than processors").isEqualTo(2);
    assertThat(plan(8, 8, 2 * GIB).sideBySide()).isEqualTo(3);
  }

  @Test
  void aLargeRunIsAnnouncedWithTheHeapThatWasChosen() {
    assertThat(plan(8, 8, 2 * GIB).remark()).contains(
        "8 runs, each may need 0.5 GiB; 3 side by side in a heap of up to 2.0 GiB, more do not fit");
    assertThat(plan(8, 2, 8 * GIB).remark()).contains("8 runs, each may need 0.5 GiB; 2 side by side in a heap of up to 8.0 GiB");
    assertThat(plan(1, 2, 8 * GIB).remark()).as("half a GiB alone is not worth a word").isEmpty();
  }

  @Test
  void aRunThatDoesNotFitIsRefusedBeforeItStarts() {
    assertThatThrownBy(() -> plan(1, 2, GIB / 4)).isInstanceOf(ConfigError.class)
        .hasMessageContainingAll("may need 0.5 GiB", "may take 0.3 GiB", "PINFOLD_HEAP=1g");
  }

  private static HeapPlan plan(int runs, int processors, long heapBytes) {
    List<KernelVariant> variant = List.of(KernelVariants.of(VariantFile.load("linux-2026", CONFIG)));
    List<Long> seeds = LongStream.range(0, runs).boxed().toList();
    Comparer comparer = new Comparer(ScenarioFile.load("vm-passthrough-published", CONFIG, List.of()), variant, seeds);
    return HeapPlan.of("vm-passthrough-published", comparer, processors, heapBytes);
  }
}
