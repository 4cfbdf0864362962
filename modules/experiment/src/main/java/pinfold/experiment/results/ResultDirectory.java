package pinfold.experiment.results;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A result being written. Files gather in a hidden directory beside the target; {@link #commit} adds the manifest and
 * moves the whole into place with one rename, so a reader never meets half a result. Closing without commit leaves nothing.
 *
 * <p>An earlier result at the target is replaced at that moment and kept until then. Anything else there is refused, when
 * the run begins rather than when it ends.
 */
public final class ResultDirectory implements AutoCloseable {
  private final Path target;
  private final Path staging;
  private boolean committed;

  private ResultDirectory(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
  }

  /**
   * Prepares to write a result to {@code target}; parents are created.
   *
   * @throws NotAResultException if the target exists and is neither empty nor a result, or cannot be made
   */
  public static ResultDirectory create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null) {
      throw new NotAResultException(target + " cannot be a result directory");
    }
    refuseForeign(absolute);
    Path staging;
    try {
      Files.createDirectories(absolute.getParent());
      staging = Files.createTempDirectory(absolute.getParent(), "." + absolute.getFileName() + ".partial-");
    } catch (IOException e) {
      throw new NotAResultException(target + " cannot be a result directory: nothing can be written to " + absolute.getParent());
    }
    // A temporary directory is the owner's alone; a result gets what a plain mkdir would give.
    Path plain = Files.createDirectory(staging.resolve("result"));
    return new ResultDirectory(absolute, plain);
  }

  /** Where the result will be. */
  public Path target() {
    return target;
  }

  /** Writes a text file; {@code name} may contain directories. Every name is written once. */
  public void text(String name, CharSequence content) throws IOException {
    Path file = staging.resolve(name).normalize();
    if (!file.startsWith(staging) || file.equals(staging) || name.equals(Manifest.FILE)) {
      throw new IllegalArgumentException("not a file name of a result: " + name);
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, content, StandardOpenOption.CREATE_NEW);
  }

  /** Writes a JSON file; see {@link Json} for what a value may be. */
  public void json(String name, Object value) throws IOException {
    text(name, Json.pretty(value));
  }

  /** Writes one JSON value per line. */
  public void jsonLines(String name, Iterable<?> values) throws IOException {
    StringBuilder lines = new StringBuilder();
    values.forEach(value -> lines.append(Json.line(value)).append('\n'));
    text(name, lines);
  }

  /** Writes a table as CSV, see {@link Csv}. */
  public void csv(String name, List<String> header, Iterable<? extends List<?>> rows) throws IOException {
    text(name, Csv.of(name, header, rows));
  }

  /** Adds the manifest and puts the result in its place. */
  public void commit(Manifest manifest) throws IOException {
    if (committed) {
      throw new IllegalStateException("already written: " + target);
    }
    Files.writeString(staging.resolve(Manifest.FILE), Json.pretty(manifest), StandardOpenOption.CREATE_NEW);
    refuseForeign(target); // it may have changed since the run began
    if (Files.exists(target)) {
      replace();
    } else {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    }
    committed = true;
    close();
  }

  /** Throws away what has not been committed. */
  @Override
  public void close() throws IOException {
    deleteTree(staging.getParent());
  }

  private void replace() throws IOException {
    Path old = staging.resolveSibling("replaced");
    Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
  }

  private static void refuseForeign(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new NotAResultException(target + " is a file; a result is a directory");
    }
    if (isResult(target)) {
      return;
    }
    try (Stream<Path> entries = Files.list(target)) {
      if (entries.findAny().isPresent()) {
        throw new NotAResultException(target + " holds something other than a Pinfold result and is left alone; "
            + "name a new directory");
      }
    }
  }

  private static boolean isResult(Path directory) throws IOException {
    Path manifest = directory.resolve(Manifest.FILE);
    return Files.isRegularFile(manifest) && Files.readString(manifest).contains('"' + Manifest.FORMAT + '"');
  }

  private static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      tree.sorted(Comparator.reverseOrder()).forEach(path -> {
        try {
          Files.delete(path);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
