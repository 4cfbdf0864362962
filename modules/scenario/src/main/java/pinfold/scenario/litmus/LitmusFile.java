package pinfold.scenario.litmus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import pinfold.scenario.ConfigError;
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
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException problem) {
      throw new ConfigError(file.toString(), 0, "", null, "cannot be read: " + problem);
    }
    return new LitmusParser(file.toString(), VariantFile.names(searchPath)).parse(text);
  }
}
