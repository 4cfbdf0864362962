package pinfold.experiment.litmus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.cluster.ActorHost;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.litmus.Litmus;
import pinfold.scenario.litmus.LitmusFile;
import pinfold.scenario.litmus.LitmusRun;
import pinfold.scenario.litmus.Outcome;
import pinfold.scenario.litmus.RunOptions;

/** Every shipped litmus test on the actor host, two threads: everything holds and the digest is that of the sequential host. */
class LitmusOnActorsTest {
  private static final Path CONFIG = Path.of("..", "..", "config");
  private static final List<Path> SEARCH_PATH = List.of(CONFIG);
  private static final RunOptions ACTORS =
      RunOptions.SEQUENTIAL.on((entities, windowNanos) -> new ActorHost(entities, windowNanos, 2));

  static Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(CONFIG.resolve("litmus"))) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".litmus")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everythingHoldsAndTheDigestIsThatOfTheSequentialHost(String name) {
    Litmus litmus = LitmusFile.read(CONFIG.resolve("litmus").resolve(name), SEARCH_PATH);
    for (String variantName : litmus.variants()) {
      KernelVariant variant = KernelVariants.of(VariantFile.load(variantName, SEARCH_PATH));
      Outcome outcome = LitmusRun.run(litmus, variant, ACTORS);
      assertThat(outcome.text()).endsWith("hold\n");
      assertThat(outcome.digest()).isEqualTo(LitmusRun.run(litmus, variant, RunOptions.SEQUENTIAL).digest());
    }
  }
}
