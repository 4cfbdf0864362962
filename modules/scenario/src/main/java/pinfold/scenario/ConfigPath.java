package pinfold.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where configuration files are looked for: in each directory in turn, then as the name stands, seen from the working
 * directory. The first hit wins, so a user's directory before the repository's {@code config/} replaces its files.
 */
record ConfigPath(List<Path> directories) {
  static final String SUFFIX = ".conf";

  ConfigPath {
    directories = List.copyOf(directories);
  }

  /**
   * A file called by its name ({@code linux-6.10}), or by a path ({@code variants/linux-6.10.conf}, {@code ./mine.conf}).
   *
   * @param kind the subdirectory of such files, as in {@code variants}
   */
  Optional<Path> find(String kind, String name) {
    boolean isPath = name.endsWith(SUFFIX) || name.contains("/");
    for (Path directory : directories) {
      Path candidate = isPath ? directory.resolve(name) : directory.resolve(kind).resolve(name + SUFFIX);
      if (Files.isRegularFile(candidate)) {
        return Optional.of(candidate);
      }
    }
    Path asIs = Path.of(name);
    return isPath && Files.isRegularFile(asIs) ? Optional.of(asIs) : Optional.empty();
  }

  /** The names of all files of a kind, sorted, each once. */
  List<String> names(String kind) {
    TreeSet<String> names = new TreeSet<>();
    for (Path directory : directories) {
      Path files = directory.resolve(kind);
      if (Files.isDirectory(files)) {
        try (Stream<Path> entries = Files.list(files)) {
          entries.filter(file -> file.toString().endsWith(SUFFIX)).map(ConfigPath::nameOf).forEach(names::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return List.copyOf(names);
  }

  /** What to say when nothing was found: where we looked and what may have been meant. */
  String notFound(String kind, String name) {
    List<String> known = names(kind);
    boolean isPath = name.endsWith(SUFFIX) || name.contains("/");
    List<String> places = new ArrayList<>();
    directories.forEach(directory -> places.add((isPath ? directory : directory.resolve(kind)).toString()));
    if (isPath) {
      places.add("the working directory");
    }
    String plain = nameOf(Path.of(name));
    return "not found in " + String.join(", ", places)
        + (known.isEmpty() ? "" : Settings.didYouMean(plain, known) + " There are: " + String.join(", ", known));
  }

  /** A file's name without directory and suffix. */
  static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
