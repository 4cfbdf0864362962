package pinfold.scenario.litmus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;

/** The litmus files and variants of the repository. */
final class ShippedLitmus {
  static final Path CONFIG = Path.of("..", "..", "config");
  static final List<Path> SEARCH_PATH = List.of(CONFIG);

  private ShippedLitmus() {}

  /** All of them, by name. */
  static List<Litmus> all() {
    try (Stream<Path> files = Files.list(CONFIG.resolve("litmus"))) {
      return files.filter(file -> file.toString().endsWith(".litmus")).sorted()
          .map(file -> LitmusFile.read(file, SEARCH_PATH)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Their files' names without suffix. */
  static Stream<String> names() {
    return all().stream().map(litmus -> Path.of(litmus.file()).getFileName().toString().replace(".litmus", ""));
  }

  /** One of them, by its file's name without suffix. */
  static Litmus named(String name) {
    return LitmusFile.read(CONFIG.resolve("litmus").resolve(name + ".litmus"), SEARCH_PATH);
  }

  static KernelVariant variant(String name) {
    return KernelVariants.of(VariantFile.load(name, SEARCH_PATH));
  }
}
