package pinfold.experiment.results;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of an experiment: a file for each run that is over, under its identity, and tables made of them. Every file appears whole
 * (written beside it, forced to the disk, renamed), so the directory is good at any moment, also after a loss of power. What is in it in the
 * end depends on the experiment and on the build, not on when and in how many goes it ran. One process at a time has it.
 */
public final class ExperimentDirectory implements RunStore, AutoCloseable {
  /** What {@code experiment.json} says. */
  public static final String FORMAT = "pinfold-experiment";
  private static final int FORMAT_VERSION = 1;
  private static final String MARK = "experiment.json";
  private static final String LOCK = ".lock";
  private static final String RUNS = "runs";
  private static final String RUN = ".run";
  private static final String PARTIAL = ".partial";
  private static final Pattern BUILD = Pattern.compile("\"build\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  /** Runs in one subdirectory share the first letters of their identity. */
  private static final int PREFIX = 2;

  private final Path directory;
  private final FileChannel lockFile;
  private final FileLock lock;

  private ExperimentDirectory(Path directory, FileChannel lockFile, FileLock lock) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Takes a directory, or makes it.
   *
   * @param build version and commit; a directory of another build is refused, as its runs may have other results
   * @throws NotAResultException if something else is there, or another build's experiment, or another process has it
   */
  public static ExperimentDirectory open(Path target, String build, String experiment) throws IOException {
    Path directory = target.toAbsolutePath().normalize();
    requireOurs(directory, target, build);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new NotAResultException(target + " cannot be a directory of results: " + e.getMessage());
    }
    FileChannel lockFile = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(lockFile);
    if (lock == null) {
      lockFile.close();
      throw new NotAResultException(target + " is in use by another run of an experiment; wait for it, or name another directory with --out");
    }
    ExperimentDirectory opened = new ExperimentDirectory(directory, lockFile, lock);
    Map<String, Object> mark = new LinkedHashMap<>();
    mark.put("format", FORMAT);
    mark.put("format_version", FORMAT_VERSION);
    mark.put("build", build);
    mark.put("experiment", experiment);
    opened.text(MARK, Json.pretty(mark));
    return opened;
  }

  private static FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void requireOurs(Path directory, Path target, String build) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new NotAResultException(target + " is a file; results are a directory");
    }
    Path mark = directory.resolve(MARK);
    if (Files.isRegularFile(mark) && Files.readString(mark).contains('"' + FORMAT + '"')) {
      Matcher made = BUILD.matcher(Files.readString(mark));
      String by = made.find() ? made.group(1) : "an unknown build";
      if (!by.equals(build)) {
        throw new NotAResultException(target + " has results of " + by + ", and this is " + build
            + ", whose runs may come out otherwise: name another directory with --out, or remove it");
      }
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.anyMatch(entry -> !entry.getFileName().toString().equals(LOCK))) {
        throw new NotAResultException(target + " holds something other than an experiment's results and is left alone; name a new directory");
      }
    }
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  private Path file(String identity) {
    return directory.resolve(RUNS).resolve(identity.substring(0, PREFIX)).resolve(identity + RUN);
  }

  @Override
  public byte[] run(String identity) throws IOException {
    Path file = file(identity);
    return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
  }

  @Override
  public void putRun(String identity, byte[] bytes) throws IOException {
    put(file(identity), bytes);
  }

  /** Removes runs that are not among these, and what was half-written when a process ended. */
  public void keepRuns(Set<String> identities) throws IOException {
    if (!Files.isDirectory(directory.resolve(RUNS))) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory.resolve(RUNS))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(RUN) || !identities.contains(name.substring(0, name.length() - RUN.length()))) {
          Files.delete(file);
        }
      }
    }
  }

  /** Writes a text file, over an older one. */
  public void text(String name, CharSequence content) throws IOException {
    put(directory.resolve(name), content.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a table as CSV, over an older one; see {@link Csv}. */
  public void csv(String name, List<String> header, Iterable<? extends List<?>> rows) throws IOException {
    text(name, Csv.of(name, header, rows));
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
    try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Gives it back. */
  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
  }
}
