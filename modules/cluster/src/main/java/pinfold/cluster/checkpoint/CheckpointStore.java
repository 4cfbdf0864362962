package pinfold.cluster.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import pinfold.cluster.codec.ArraySink;
import pinfold.cluster.codec.ArraySource;

/**
 * The checkpoints of one run in a directory: {@code NAME/group-G.state} for each group, and
 * {@code NAME/complete} when all of them are there. Whatever has no such file is not a checkpoint.
 *
 * <p>A state is full, or what changed: then its file ({@link StateFile} has the format) refers to files of the same group in earlier
 * checkpoints. {@code complete} is text, its last line the CRC-32C of the lines before. Each is a {@link WholeFile}.
 */
public final class CheckpointStore {
  /** Complete checkpoints that are kept whatever they consist of. */
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

  /** Writes a payload, its large arrays beside the rest. */
  @FunctionalInterface
  public interface Payload {
    void writeTo(OutputStream out, ArraySink large) throws IOException;
  }

  /** Reads a payload: its large arrays in the order in which they were written. */
  @FunctionalInterface
  public interface Reader<T> {
    T readFrom(InputStream in, ArraySource large) throws IOException;
  }

  /**
   * Writes one group's state; returns bytes written.
   *
   * @param history of this group's states in this process since it began or was restored; chunks that it knows are not written again
   * @throws CheckpointException if it cannot be written, and then nothing is left of it
   */
  public long saveGroup(String checkpoint, int group, long nowNanos, GroupHistory history, Payload payload) {
    GroupHistory.Base base = history.base(checkpoint);
    StateFileWriter[] writer = new StateFileWriter[1];
    long bytes = WholeFile.write(stateFile(checkpoint, group), "the checkpoint", file -> {
      writer[0] = new StateFileWriter(file, base, StateFile.head(identity, group, nowNanos));
      ByteArrayOutputStream graph = new ByteArrayOutputStream();
      payload.writeTo(graph, writer[0]);
      writer[0].finish(graph);
    });
    history.saved(base, checkpoint, writer[0].written());
    return bytes;
  }

  /**
   * Reads one group's state.
   *
   * @throws UnreadableCheckpointException if it cannot be read at present; what else is thrown says that it is of no use:
   * @throws CheckpointException if it is not there, of another run, build or format, cut short or damaged, or a file is that it refers
   *     to; what the reader has made of it is of no use then
   */
  public <T> T loadGroup(Checkpoint checkpoint, int group, Reader<T> reader) {
    return open(checkpoint, group, file -> {
      StateFile.Footer footer = file.footer();
      byte[] bytes = file.graphAndIndex(footer);
      int graphBytes = (int) footer.graphBytes();
      ByteBuffer index = ByteBuffer.wrap(bytes, graphBytes, bytes.length - graphBytes);
      try (ChunkReader large = new ChunkReader(index, chunkFiles(checkpoint, group, footer))) {
        try {
          return reader.readFrom(new ByteArrayInputStream(bytes, 0, graphBytes), large);
        } catch (RuntimeException e) {
          throw large.failure() == null ? e : large.failure();
        }
      }
    });
  }

  @FunctionalInterface
  private interface Use<T> {
    T of(StateFile file) throws IOException;
  }

  private <T> T open(Checkpoint checkpoint, int group, Use<T> use) {
    try (StateFile file = StateFile.open(stateFile(checkpoint.name(), group))) {
      StateFile.Head head = requireHead(file, group);
      if (head.nowNanos() != checkpoint.nowNanos()) {
        throw new CheckpointException("the checkpoint " + file.path() + " holds group " + group + " at " + head.nowNanos()
            + " ns where it should be at " + checkpoint.nowNanos() + " ns");
      }
      return use.of(file);
    } catch (IOException e) {
      throw failure(checkpoint, e);
    }
  }

  private StateFile.Head requireHead(StateFile file, int group) throws IOException {
    StateFile.Head head = file.head();
    if (!head.identity().equals(identity)) {
      throw new CheckpointException("the checkpoint " + file.path() + " belongs to " + head.identity() + ", not to " + identity);
    }
    if (head.group() != group) {
      throw new CheckpointException("the checkpoint " + file.path() + " holds group " + head.group() + " where group " + group
          + " should be");
    }
    return head;
  }

  private ChunkReader.Files chunkFiles(Checkpoint checkpoint, int group, StateFile.Footer footer) {
    return new ChunkReader.Files() {
      @Override
      public StateFile open(int number) throws IOException {
        StateFile file = StateFile.open(stateFile(footer.checkpoints().getOrDefault(number, checkpoint.name()), group));
        try {
          requireHead(file, group);
          return file;
        } catch (IOException | RuntimeException e) {
          file.close();
          throw e;
        }
      }

      @Override
      public CheckpointException failure(IOException e) {
        return CheckpointStore.this.failure(checkpoint, e);
      }
    };
  }

  /** A file that is missing is lost only where the checkpoint is seen at all: the directory may not be mounted here. */
  private CheckpointException failure(Checkpoint checkpoint, IOException e) {
    Path complete = completeFile(checkpoint.name());
    if (!(e instanceof NoSuchFileException)) {
      return new UnreadableCheckpointException("the checkpoint " + complete.getParent() + " cannot be read: " + e.getMessage(), e);
    }
    return Files.exists(complete) ? new CheckpointException("the checkpoint " + e.getMessage() + " is not there", e)
        : new UnreadableCheckpointException("the checkpoint " + complete.getParent() + " is not seen here: is " + directory
            + " the same directory on all members?", e);
  }

  /**
   * All files that restoring a group from a checkpoint needs; the group's own file in that checkpoint is the first.
   *
   * @throws CheckpointException as {@link #loadGroup}; that the other files are there and whole is not looked at
   */
  public List<Path> filesOf(Checkpoint checkpoint, int group) {
    return open(checkpoint, group, file -> {
      List<Path> files = new ArrayList<>(List.of(file.path()));
      file.footer().checkpoints().values().forEach(name -> files.add(stateFile(name, group)));
      return files;
    });
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
    String lines = head() + "now_ns " + nowNanos + "\ngroups " + groups + "\n";
    WholeFile.write(completeFile(checkpoint), "the end of the checkpoint",
        out -> out.write((lines + "crc32c " + sum(lines) + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      removeOld();
    } catch (CheckpointException e) {
      // What is needed cannot be told now, so everything stays until the next time.
    }
    return new Checkpoint(checkpoint, nowNanos, groups);
  }

  private String head() {
    return "format " + StateFile.FORMAT + "\nidentity " + identity + "\n";
  }

  private static String sum(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  /**
   * Complete checkpoints, the latest first. Whether their states are whole shows when they are read.
   *
   * @throws UnreadableCheckpointException if it cannot be told which there are
   */
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
    } catch (NoSuchFileException | CharacterCodingException e) {
      return null;
    } catch (IOException e) {
      throw new UnreadableCheckpointException("the checkpoint " + candidate + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Directories that may hold checkpoints, the latest first. */
  private List<Path> candidates() {
    if (Files.notExists(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.filter(Files::isDirectory).sorted(Comparator.comparing((Path path) -> path.getFileName().toString()).reversed()).toList();
    } catch (IOException e) {
      throw new UnreadableCheckpointException("cannot list checkpoints in " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * Removes what no kept checkpoint needs. Kept are the last ones, and the last that shares no file with the latest: damage to a file
   * that all the later ones refer to leaves that. What is later than the latest is being written.
   *
   * @throws CheckpointException if it cannot be told what is needed, and then everything stays
   */
  public void removeOld() {
    List<Checkpoint> complete = complete();
    if (complete.isEmpty()) {
      return;
    }
    Checkpoint latest = complete.getFirst();
    Set<Path> ofLatest = filesOf(latest);
    Set<Path> needed = new HashSet<>();
    complete.stream().limit(KEPT).forEach(checkpoint -> keep(checkpoint, needed));
    complete.stream().filter(checkpoint -> filesOf(checkpoint).stream().noneMatch(ofLatest::contains)).findFirst()
        .ifPresent(checkpoint -> keep(checkpoint, needed));
    for (Path candidate : candidates()) {
      if (candidate.getFileName().toString().compareTo(latest.name()) < 0) {
        removeAll(candidate, needed);
      }
    }
  }

  /** Of the groups whose states are in this directory. */
  private Set<Path> filesOf(Checkpoint checkpoint) {
    Set<Path> files = new LinkedHashSet<>();
    for (int group = 0; group < checkpoint.groups(); group++) {
      if (Files.exists(stateFile(checkpoint.name(), group))) {
        files.addAll(filesOf(checkpoint, group));
      }
    }
    return files;
  }

  private void keep(Checkpoint checkpoint, Set<Path> needed) {
    needed.addAll(filesOf(checkpoint));
    needed.add(completeFile(checkpoint.name()));
  }

  /** Forgets a checkpoint that is of no use, or all that is left of one that was given up. It must be later than all that are. */
  public void discard(String checkpoint) {
    removeAll(directory.resolve(checkpoint), Set.of());
  }

  /** First of all what makes it a checkpoint. */
  private void removeAll(Path checkpoint, Set<Path> but) {
    Path complete = completeFile(checkpoint.getFileName().toString());
    if (!but.contains(complete)) {
      WholeFile.deleteQuietly(complete);
    }
    try (Stream<Path> below = Files.walk(checkpoint)) {
      below.sorted(Comparator.reverseOrder()).filter(path -> !but.contains(path)).forEach(WholeFile::deleteQuietly);
    } catch (IOException e) {
      return; // It is gone, or stays until the next time.
    }
  }

  /** The file that says that a checkpoint is complete. */
  public Path completeFile(String checkpoint) {
    return directory.resolve(checkpoint).resolve("complete");
  }

  /** A group's own file in a checkpoint. */
  public Path stateFile(String checkpoint, int group) {
    return directory.resolve(checkpoint).resolve("group-" + group + ".state");
  }
}
