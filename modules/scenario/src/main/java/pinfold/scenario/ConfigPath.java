package pinfold.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where configuration files are looked for: in each directory in turn, then as the name stands, seen from the working
 * directory. The first hit wins, so a user's directory before the repository's {@code config/} replaces its files.
 */
record ConfigPath(List<Path> directories) {
  static final String SUFFIX = ".conf";
  private static final String WORKING_DIRECTORY = "the working directory";

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
    if (isPath && directories.stream().anyMatch(directory -> Files.isDirectory(directory.resolve(name)))) {
      return "is a directory, and should be a file";
    }
    Set<String> places = new LinkedHashSet<>();
    directories.forEach(directory -> places.add(nameOfPlace(isPath ? directory : directory.resolve(kind))));
    if (isPath) {
      places.add(WORKING_DIRECTORY);
    }
    String plain = nameOf(Path.of(name));
    String meant = Nearest.to(plain, known).filter(near -> Nearest.edits(plain, near) <= plain.length() / 2)
        .map(near -> "; did you mean " + near + "?").orElse(".");
    return "not found in " + String.join(", ", places) + (known.isEmpty() ? "" : meant + " There are: "
        + String.join(", ", known));
  }

  private static String nameOfPlace(Path directory) {
    return directory.toString().equals(".") ? WORKING_DIRECTORY : directory.toString();
  }

  /** A file's name without directory and suffix. */
  static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
