package pinfold.cluster.member;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.checkpoint.CheckpointStore;
import pinfold.cluster.checkpoint.WholeFile;
import pinfold.cluster.files.KeptRuns;

/**
 * What outlives every member: for each run a directory with what was submitted, how often it was begun, its checkpoints and its
 * result. All members see the same one, or each has its own and files have copies ({@link pinfold.cluster.files.FileCopies}).
 */
public final class RunDirectory implements KeptRuns {
  private static final int BUFFER = 1 << 16;
  /** Characters; they take up to three bytes each, and {@code writeUTF} at most 65,535. */
  private static final int MOST_OF_A_MESSAGE = 20_000;

  private final Path root;
  private final String build;

  /** @param build what tells this build from others; checkpoints of another are not read */
  public RunDirectory(Path root, String build) {
    this.root = root;
    this.build = build;
  }

  /** What tells this build from others. */
  public String build() {
    return build;
  }

  CheckpointStore checkpoints(String run, RunSpec spec) {
    return new CheckpointStore(root.resolve(run).resolve("checkpoints"), build + "/" + spec.hash());
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public void removeOldCheckpoints(String run) {
    RunSpec spec = spec(run);
    if (spec != null) {
      checkpoints(run, spec).removeOld();
    }
  }

  @Override
  public void discardCheckpoint(String run, String checkpoint) {
    RunSpec spec = spec(run);
    if (spec != null) {
      checkpoints(run, spec).discard(checkpoint);
    }
  }

  Path specFile(String run) {
    return root.resolve(run).resolve("spec");
  }

  Path epochFile(String run) {
    return root.resolve(run).resolve("epoch");
  }

  Path resultFile(String run) {
    return root.resolve(run).resolve("result");
  }

  Path failureFile(String run) {
    return root.resolve(run).resolve("failed");
  }

  void saveSpec(String run, RunSpec spec) {
    write(specFile(run), spec::writeTo);
  }

  /** What was submitted, null for an unknown run. */
  public RunSpec spec(String run) {
    return read(specFile(run), RunSpec::readFrom);
  }

  /** How often the run was begun, by whatever cluster; 0 for never. */
  @Override
  public int epoch(String run) {
    Integer epoch = read(epochFile(run), DataInputStream::readInt);
    return epoch == null ? 0 : epoch;
  }

  /**
   * Counts one more beginning of the run, and returns how many there have been.
   *
   * @param elsewhere how many there have been as far as other directories know
   */
  int nextEpoch(String run, int elsewhere) {
    int next = Math.max(epoch(run), elsewhere) + 1;
    write(epochFile(run), out -> out.writeInt(next));
    return next;
  }

  void saveResult(String run, RunOutcome outcome) {
    write(resultFile(run), outcome::writeTo);
  }

  boolean hasResult(String run) {
    return Files.exists(resultFile(run));
  }

  /** The result of a run that is over, null otherwise. */
  public RunOutcome result(String run) {
    return read(resultFile(run), RunOutcome::readFrom);
  }

  /** The run cannot be finished; it is not taken up again by itself. It is unfinished again when somebody begins another epoch. */
  void saveFailure(String run, String message) {
    int epoch = epoch(run);
    write(failureFile(run), out -> {
      out.writeInt(epoch);
      out.writeUTF(message.substring(0, Math.min(message.length(), MOST_OF_A_MESSAGE)));
    });
  }

  private boolean hasFailed(String run) {
    Integer epoch = read(failureFile(run), DataInputStream::readInt);
    return epoch != null && epoch == epoch(run);
  }

  /** Names of the runs that were submitted and have neither a result nor failed, sorted. */
  List<String> unfinished() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(root)) {
      return list.map(path -> path.getFileName().toString()).filter(this::isUnfinished).sorted().toList();
    } catch (IOException e) {
      throw new CheckpointException("cannot list runs in " + root + ": " + e.getMessage(), e);
    }
  }

  private boolean isUnfinished(String run) {
    return Files.exists(specFile(run)) && !hasResult(run) && !hasFailed(run);
  }

  @FunctionalInterface
  private interface Writing {
    void writeTo(DataOutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T readFrom(DataInputStream in) throws IOException;
  }

  private static void write(Path file, Writing writing) {
    WholeFile.write(file, "the run's file", raw -> {
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(raw, BUFFER));
      writing.writeTo(out);
      out.flush();
    });
  }

  private static <T> T read(Path file, Reading<T> reading) {
    try (InputStream raw = Files.newInputStream(file); DataInputStream in = new DataInputStream(new BufferedInputStream(raw, BUFFER))) {
      return reading.readFrom(in);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
