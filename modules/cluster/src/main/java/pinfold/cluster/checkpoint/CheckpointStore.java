package pinfold.cluster.checkpoint;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The checkpoints of one run in a directory that all members see: {@code NAME/group-G.state} for each group, and
 * {@code NAME/complete} when all of them are there. Whatever has no such file is not a checkpoint.
 *
 * <p>A state file is: magic, format version, build and run hash, group, simulated time (ns), the payload, its length in bytes and its
 * CRC-32C. A file is written under another name, forced to disk and renamed.
 */
public final class CheckpointStore {
  /** Raised when what a state file means changes. */
  static final int FORMAT = 1;

  private static final long MAGIC = 0x50494E464F4C4443L;
  private static final int BUFFER = 1 << 20;
  private static final int TRAILER_BYTES = 16;
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

  /** Writes a payload. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
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
  public long saveGroup(String checkpoint, int group, long nowNanos, Writer payload) {
    Path file = stateFile(checkpoint, group);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.createDirectories(file.getParent());
      long bytes = write(part, group, nowNanos, payload);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return bytes;
    } catch (IOException e) {
      deleteQuietly(part);
      throw new CheckpointException("cannot write the checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  private long write(Path part, int group, long nowNanos, Writer payload) throws IOException {
    try (FileOutputStream file = new FileOutputStream(part.toFile())) {
      DataOutputStream head = new DataOutputStream(new BufferedOutputStream(file, BUFFER));
      head.writeLong(MAGIC);
      head.writeInt(FORMAT);
      head.writeUTF(identity);
      head.writeInt(group);
      head.writeLong(nowNanos);
      int headBytes = head.size();
      CRC32C sum = new CRC32C();
      CheckedOutputStream body = new CheckedOutputStream(head, sum);
      payload.writeTo(body);
      body.flush();
      head.flush();
      long length = file.getChannel().position() - headBytes;
      head.writeLong(length);
      head.writeLong(sum.getValue());
      head.flush();
      file.getChannel().force(true);
      return headBytes + length + TRAILER_BYTES;
    }
  }

  /**
   * Reads one group's state.
   *
   * @throws CheckpointException if it is not there, of another run, build or format, cut short or damaged
   */
  public <T> T loadGroup(Checkpoint checkpoint, int group, Reader<T> reader) {
    Path file = stateFile(checkpoint.name(), group);
    verify(file);
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      readHead(in, file, group);
      return reader.readFrom(in);
    } catch (IOException e) {
      throw new CheckpointException("cannot read the checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  private void readHead(DataInputStream in, Path file, int group) throws IOException {
    if (in.readLong() != MAGIC) {
      throw new CheckpointException(file + " is not a checkpoint");
    }
    int format = in.readInt();
    if (format != FORMAT) {
      throw new CheckpointException(file + " has format " + format + ", this build reads " + FORMAT);
    }
    String of = in.readUTF();
    if (!of.equals(identity)) {
      throw new CheckpointException(file + " belongs to " + of + ", not to " + identity);
    }
    int there = in.readInt();
    if (there != group) {
      throw new CheckpointException(file + " holds group " + there);
    }
    in.readLong();
  }

  /** The sum is at the end and a payload is only to be trusted when it is right, so the file is read twice. */
  private static void verify(Path file) {
    try {
      long size = Files.size(file);
      CRC32C sum = new CRC32C();
      try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
        DataInputStream head = new DataInputStream(raw);
        long headBytes = skipHead(head);
        long length = size - headBytes - TRAILER_BYTES;
        if (length < 0) {
          throw new CheckpointException("the checkpoint " + file + " is cut short: " + size + " bytes");
        }
        new CheckedInputStream(raw, sum).skipNBytes(length);
        DataInputStream trailer = new DataInputStream(raw);
        if (trailer.readLong() != length || trailer.readLong() != sum.getValue()) {
          throw new CheckpointException("the checkpoint " + file + " is damaged or cut short: its checksum does not match");
        }
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException("the checkpoint " + file + " is not there", e);
    } catch (IOException e) {
      throw new CheckpointException("the checkpoint " + file + " is cut short or cannot be read: " + e.getMessage(), e);
    }
  }

  private static long skipHead(DataInputStream head) throws IOException {
    head.readLong();
    head.readInt();
    int name = head.readUnsignedShort();
    head.skipNBytes(name + 12L);
    return 8 + 4 + 2 + name + 12;
  }

  /** Declares a checkpoint complete, and removes those that are no longer needed; all of its groups have been saved. */
  public Checkpoint complete(String checkpoint, long nowNanos, int groups) {
    Path done = directory.resolve(checkpoint).resolve("complete");
    Path part = done.resolveSibling("complete.part");
    try {
      for (int group = 0; group < groups; group++) {
        if (!Files.exists(stateFile(checkpoint, group))) {
          throw new CheckpointException("checkpoint " + checkpoint + " has no state of group " + group);
        }
      }
      Files.writeString(part, "format " + FORMAT + "\nidentity " + identity + "\nnow_ns " + nowNanos + "\ngroups " + groups + "\n",
          StandardCharsets.UTF_8);
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(part, done, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CheckpointException("cannot complete the checkpoint " + done.getParent() + ": " + e.getMessage(), e);
    }
    removeOld();
    return new Checkpoint(checkpoint, nowNanos, groups);
  }

  /** Complete checkpoints, the latest first. */
  public List<Checkpoint> complete() {
    List<Checkpoint> found = new ArrayList<>();
    for (Path candidate : candidates()) {
      Path done = candidate.resolve("complete");
      try {
        List<String> lines = Files.readAllLines(done, StandardCharsets.UTF_8);
        if (lines.size() == 4 && lines.get(0).equals("format " + FORMAT) && lines.get(1).equals("identity " + identity)) {
          found.add(new Checkpoint(candidate.getFileName().toString(), Long.parseLong(lines.get(2).substring("now_ns ".length())),
              Integer.parseInt(lines.get(3).substring("groups ".length()))));
        }
      } catch (IOException | RuntimeException e) {
        continue; // Not complete, or damaged: no checkpoint.
      }
    }
    return found;
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

  private void removeOld() {
    List<String> kept = complete().stream().limit(KEPT).map(Checkpoint::name).toList();
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
      below.sorted(Comparator.reverseOrder()).forEach(CheckpointStore::deleteQuietly);
    } catch (IOException e) {
      return; // It is gone, or stays until the next time.
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      return; // What cannot be removed is in nobody's way.
    }
  }

  private Path stateFile(String checkpoint, int group) {
    return directory.resolve(checkpoint).resolve("group-" + group + ".state");
  }
}
