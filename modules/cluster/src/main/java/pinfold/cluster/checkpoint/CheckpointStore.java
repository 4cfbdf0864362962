package pinfold.cluster.checkpoint;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The checkpoints of one run in a directory: {@code NAME/group-G.state} for each group, and
 * {@code NAME/complete} when all of them are there. Whatever has no such file is not a checkpoint.
 *
 * <p>A state file is: magic, format version, build and run hash, group, simulated time (ns), the payload, and the CRC-32C of all that.
 * {@code complete} is text, its last line the CRC-32C of the lines before. Each is a {@link WholeFile}.
 */
public final class CheckpointStore {
  /** Raised when what a state file means changes. */
  static final int FORMAT = 2;

  private static final long MAGIC = 0x50494E464F4C4443L;
  private static final int BUFFER = 1 << 20;
  private static final int TRAILER_BYTES = Long.BYTES;
  /** Complete checkpoints that are kept: the last, and one more in case that it cannot be read. */
  private static final int KEPT = 2;

  private final Path directory;
  private final String identity;

  /**
   * @param directory of the run's checkpoints
   * @param identity build and hash of the run: states of another are refused
   */
  public CheckpointStore(Path directory, String identity) {
    this.directory = directory;
    this.identity = identity;
  }

  /** Reads a payload. */
  @FunctionalInterface
  public interface Reader<T> {
    T readFrom(InputStream in) throws IOException;
  }

  /**
   * Writes one group's state; returns bytes written.
   *
   * @throws CheckpointException if it cannot be written, and then nothing is left of it
   */
  public long saveGroup(String checkpoint, int group, long nowNanos, WholeFile.Writer payload) {
    return WholeFile.write(stateFile(checkpoint, group), "the checkpoint", file -> {
      CRC32C sum = new CRC32C();
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new CheckedOutputStream(file, sum), BUFFER));
      out.writeLong(MAGIC);
      out.writeInt(FORMAT);
      out.writeUTF(identity);
      out.writeInt(group);
      out.writeLong(nowNanos);
      payload.writeTo(out);
      out.flush();
      out.writeLong(sum.getValue());
      out.flush();
    });
  }

  /**
   * Reads one group's state.
   *
   * @throws CheckpointException if it is not there, of another run, build or format, cut short or damaged
   */
  public <T> T loadGroup(Checkpoint checkpoint, int group, Reader<T> reader) {
    Path file = stateFile(checkpoint.name(), group);
    try {
      long payloadBytes = Files.size(file) - TRAILER_BYTES - headBytes();
      verify(file);
      try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
        readHead(in, file, group, checkpoint.nowNanos());
        return reader.readFrom(new LimitedInput(in, payloadBytes));
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException("the checkpoint " + file + " is not there", e);
    } catch (IOException e) {
      throw new CheckpointException("the checkpoint " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private int headBytes() {
    return Long.BYTES + Integer.BYTES + Short.BYTES + identity.getBytes(StandardCharsets.UTF_8).length + Integer.BYTES + Long.BYTES;
  }

  private void readHead(DataInputStream in, Path file, int group, long nowNanos) throws IOException {
    in.skipNBytes(Long.BYTES + Integer.BYTES);
    String of = in.readUTF();
    if (!of.equals(identity)) {
      throw new CheckpointException("the checkpoint " + file + " belongs to " + of + ", not to " + identity);
    }
    int groupThere = in.readInt();
    long nanosThere = in.readLong();
    if (groupThere != group || nanosThere != nowNanos) {
      throw new CheckpointException("the checkpoint " + file + " holds group " + groupThere + " at " + nanosThere
          + " ns where group " + group + " at " + nowNanos + " ns should be");
    }
  }

  /**
   * The sum is at the end and nothing is to be trusted before it was found right, so the file is read twice. Only magic and format
   * are looked at before, as another format may have its sum elsewhere.
   */
  private static void verify(Path file) throws IOException {
    long summedBytes = Files.size(file) - TRAILER_BYTES;
    if (summedBytes < Long.BYTES + Integer.BYTES) {
      throw new CheckpointException("the checkpoint " + file + " is cut short: " + (summedBytes + TRAILER_BYTES) + " bytes");
    }
    CRC32C sum = new CRC32C();
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      DataInputStream in = new DataInputStream(new CheckedInputStream(raw, sum));
      if (in.readLong() != MAGIC) {
        throw new CheckpointException(file + " is not a checkpoint");
      }
      int format = in.readInt();
      if (format != FORMAT) {
        throw new CheckpointException("the checkpoint " + file + " has format " + format + ", this build reads " + FORMAT);
      }
      in.skipNBytes(summedBytes - Long.BYTES - Integer.BYTES);
      if (new DataInputStream(raw).readLong() != sum.getValue()) {
        throw new CheckpointException("the checkpoint " + file + " is damaged or cut short: its checksum does not match");
      }
    }
  }

  /**
   * Declares a checkpoint complete, and removes those that are no longer needed; all of its groups have been saved.
   *
   * @throws CheckpointException if a group is missing or it cannot be written, and then it is not complete
   */
  public Checkpoint complete(String checkpoint, long nowNanos, int groups) {
    for (int group = 0; group < groups; group++) {
      if (!Files.exists(stateFile(checkpoint, group))) {
        throw new CheckpointException("checkpoint " + checkpoint + " has no state of group " + group);
      }
    }
    return declare(checkpoint, nowNanos, groups);
  }

  /** As {@link #complete(String, long, int)}, where the groups' states may be in the directories of other members. */
  public Checkpoint declare(String checkpoint, long nowNanos, int groups) {
    Path done = completeFile(checkpoint);
    String lines = head() + "now_ns " + nowNanos + "\ngroups " + groups + "\n";
    WholeFile.write(done, "the end of the checkpoint",
        out -> out.write((lines + "crc32c " + sum(lines) + "\n").getBytes(StandardCharsets.UTF_8)));
    removeOld();
    return new Checkpoint(checkpoint, nowNanos, groups);
  }

  private String head() {
    return "format " + FORMAT + "\nidentity " + identity + "\n";
  }

  private static String sum(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  /** Complete checkpoints, the latest first. Whether their states are whole shows when they are read. */
  public List<Checkpoint> complete() {
    List<Checkpoint> found = new ArrayList<>();
    for (Path candidate : candidates()) {
      Checkpoint checkpoint = checkpoint(candidate);
      if (checkpoint != null) {
        found.add(checkpoint);
      }
    }
    return found;
  }

  /** What a directory holds, null if that is no complete checkpoint of this run, or a damaged one. */
  private Checkpoint checkpoint(Path candidate) {
    try {
      String text = Files.readString(completeFile(candidate.getFileName().toString()), StandardCharsets.UTF_8);
      int sumAt = text.indexOf("crc32c ");
      if (!text.startsWith(head()) || sumAt < 0 || !text.substring(sumAt).equals("crc32c " + sum(text.substring(0, sumAt)) + "\n")) {
        return null;
      }
      String[] lines = text.split("\n");
      return new Checkpoint(candidate.getFileName().toString(), Long.parseLong(lines[2].substring("now_ns ".length())),
          Integer.parseInt(lines[3].substring("groups ".length())));
    } catch (IOException e) {
      return null;
    }
  }

  /** Directories that may hold checkpoints, the latest first. */
  private List<Path> candidates() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.filter(Files::isDirectory).sorted(Comparator.comparing((Path path) -> path.getFileName().toString()).reversed()).toList();
    } catch (IOException e) {
      throw new CheckpointException("cannot list checkpoints in " + directory + ": " + e.getMessage(), e);
    }
  }

  /** The file that says that a checkpoint is complete. */
  public Path completeFile(String checkpoint) {
    return directory.resolve(checkpoint).resolve("complete");
  }

  /** All files that restoring a group from a checkpoint needs; the group's own in that checkpoint, which must be here, is the first. */
  public List<Path> filesOf(Checkpoint checkpoint, int group) {
    return List.of(stateFile(checkpoint.name(), group));
  }

  /** Removes all but the last two complete checkpoints. */
  public void removeOld() {
    List<String> kept = complete().stream().limit(KEPT).map(Checkpoint::name).toList();
    if (kept.isEmpty()) {
      return;
    }
    for (Path candidate : candidates()) {
      String name = candidate.getFileName().toString();
      if (!kept.contains(name) && name.compareTo(kept.getFirst()) < 0) {
        removeAll(candidate);
      }
    }
  }

  /** Forgets a checkpoint that cannot be read, or all that is left of one that was given up. */
  public void discard(String checkpoint) {
    removeAll(directory.resolve(checkpoint));
  }

  private static void removeAll(Path path) {
    try (Stream<Path> below = Files.walk(path)) {
      below.sorted(Comparator.reverseOrder()).forEach(WholeFile::deleteQuietly);
    } catch (IOException e) {
      return; // It is gone, or stays until the next time.
    }
  }

  /** A group's own file in a checkpoint. */
  public Path stateFile(String checkpoint, int group) {
    return directory.resolve(checkpoint).resolve("group-" + group + ".state");
  }
}
