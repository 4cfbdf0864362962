package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.engine.SequentialHost;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.Recordings;

/** Every recorded line agrees in every field, whatever the length of a walk: bursts must not change the outcome. */
class RecordedScriptsTest {
  private static final Path CONFIG = Recordings.directory().getParent().getParent();

  @ParameterizedTest
  @CsvSource({
      "A, linux-6.12-before-33dfe, 512", "A, linux-6.12-before-33dfe, 1",
      "B, linux-6.12.43, 512", "B, linux-6.12.43, 1",
      "C1, linux-6.12.57, 512", "C1, linux-6.12.57, 1",
      "C2, linux-6.12.117, 512", "C2, linux-6.12.117, 1"})
  void everyLineAgrees(String recorded, String name, int maxWalkPages) throws IOException {
    KernelVariant variant = KernelVariants.of(VariantFile.load(name, List.of(CONFIG)));
    List<String> misses = new ArrayList<>();
    int lines = 0;
    for (String kind : List.of("scripts", "wide")) {
      for (RecordedScript script : Recordings.scripts(kind, recorded).scripts()) {
        lines++;
        if (Conform.orders().stream().noneMatch(order -> agrees(script, variant, order, maxWalkPages))) {
          misses.add(kind + "-" + recorded + " seed " + script.seed());
        }
      }
    }
    assertThat(misses).isEmpty();
    assertThat(lines).isEqualTo(50 + 80);
  }

  /** With drain workers that run one after the other in this order, far enough apart not to meet. */
  private static boolean agrees(RecordedScript script, KernelVariant variant, List<Integer> order, int maxWalkPages) {
    long[] wakeNanos = new long[ScriptRun.CPUS];
    for (int i = 0; i < order.size(); i++) {
      wakeNanos[order.get(i)] = 25_000 + i * 200_000L;
    }
    try (ScriptRun run = new ScriptRun(script, variant, SequentialHost::new, wakeNanos, maxWalkPages)) {
      return run.run().equals(script.expected());
    }
  }
}
