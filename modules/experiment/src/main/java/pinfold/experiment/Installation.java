package pinfold.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;

/**
 * Where this Pinfold is and which build it is. The launcher says so in system properties; a program that has only the class path finds the
 * same in files that the launcher leaves beside the jars.
 */
public final class Installation {
  private Installation() {}

  /** The directory that holds {@code config/}; the working directory where nothing says otherwise. */
  public static Path home() {
    return Path.of(said("home", ""));
  }

  /** Where configuration is looked for. */
  public static List<Path> searchPath() {
    return searchPath(home());
  }

  /** Where configuration is looked for by a Pinfold whose directory this is. */
  public static List<Path> searchPath(Path home) {
    return List.of(home.resolve("config"), Path.of("."));
  }

  /** Version and commit. */
  public static String build() {
    String version = Installation.class.getPackage().getImplementationVersion();
    return (version == null ? "development" : version) + " (commit " + said("commit", "unknown") + ")";
  }

  private static String said(String what, String otherwise) {
    String property = System.getProperty("pinfold." + what);
    if (property != null) {
      return property;
    }
    CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
    try {
      Path file = Path.of(source.getLocation().toURI()).resolveSibling(what);
      return Files.isRegularFile(file) ? Files.readString(file).strip() : otherwise;
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no place of a class: " + source.getLocation(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
