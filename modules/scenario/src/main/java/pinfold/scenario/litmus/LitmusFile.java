package pinfold.scenario.litmus;

import java.nio.file.Path;
import java.util.List;
import pinfold.scenario.ConfigError;
import pinfold.scenario.TextFile;
import pinfold.scenario.VariantFile;

/** Reads litmus tests from files. */
public final class LitmusFile {
  private LitmusFile() {}

  /**
   * Reads a file.
   *
   * @param searchPath directories that hold {@code variants/}
   * @throws ConfigError if it cannot be read or used
   */
  public static Litmus read(Path file, List<Path> searchPath) {
    String text = TextFile.read(file, file.toString());
    return new LitmusParser(file.toString(), VariantFile.names(searchPath)).parse(text);
  }
}
