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

/**
 * What outlives every member: for each run a directory with what was submitted, how often it was begun, its checkpoints and its
 * result. All members see the same directory.
 */
public final class RunDirectory {
  private static final int BUFFER = 1 << 16;

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

  void saveSpec(String run, RunSpec spec) {
    write(root.resolve(run).resolve("spec"), spec::writeTo);
  }

  /** What was submitted, null for an unknown run. */
  public RunSpec spec(String run) {
    return read(root.resolve(run).resolve("spec"), RunSpec::readFrom);
  }

  /** How often the run was begun, by whatever cluster; 0 for never. */
  int epoch(String run) {
    Integer epoch = read(root.resolve(run).resolve("epoch"), DataInputStream::readInt);
    return epoch == null ? 0 : epoch;
  }

  /** Counts one more beginning of the run, and returns how many there have been. */
  int nextEpoch(String run) {
    Path file = root.resolve(run).resolve("epoch");
    int next = epoch(run) + 1;
    write(file, out -> out.writeInt(next));
    return next;
  }

  void saveResult(String run, RunOutcome outcome) {
    write(root.resolve(run).resolve("result"), outcome::writeTo);
  }

  /** The result of a run that is over, null otherwise. */
  public RunOutcome result(String run) {
    return read(root.resolve(run).resolve("result"), RunOutcome::readFrom);
  }

  /** The run cannot be finished; it is not taken up again by itself. */
  void saveFailure(String run, String message) {
    write(root.resolve(run).resolve("failed"), out -> out.write(message.getBytes(StandardCharsets.UTF_8)));
  }

  /** The run is taken up again, and so it is unfinished again. */
  void forgetFailure(String run) {
    WholeFile.delete(root.resolve(run).resolve("failed"), "the run's file");
  }

  /** Names of the runs that were submitted and have neither a result nor failed, sorted. */
  List<String> unfinished() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(root)) {
      return list.filter(path -> Files.exists(path.resolve("spec")) && !Files.exists(path.resolve("result"))
          && !Files.exists(path.resolve("failed"))).map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new CheckpointException("cannot list runs in " + root + ": " + e.getMessage(), e);
    }
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
