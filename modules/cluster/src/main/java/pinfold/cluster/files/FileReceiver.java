package pinfold.cluster.files;

import java.io.IOException;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import pinfold.cluster.checkpoint.IncomingFile;
import pinfold.cluster.files.FileMessage.Chunk;
import pinfold.cluster.files.FileMessage.ChunkTaken;
import pinfold.cluster.files.FileMessage.FileRefused;

/**
 * Takes files that other members send into this member's directory: only files that a run directory has, no larger than they may be,
 * and from nobody whose epoch of the run is older than the one known here. A chunk that comes twice is taken once.
 */
final class FileReceiver {
  /** Files on their way here at the same time; a chunk of one more is not answered, and comes again. */
  private static final int MOST_OPEN = 256;

  private final String self;
  private final KeptRuns runs;
  private final Predicate<String> wanted;
  private final Consumer<String> arrived;
  private final Logger log;
  /** By sender and file. */
  private final TreeMap<String, IncomingFile> open = new TreeMap<>();
  private long opened;

  /**
   * @param wanted whether this member asked for a file: then it is taken whatever the sender's epoch is
   * @param arrived is told of each file that is whole and on disk
   */
  FileReceiver(String self, KeptRuns runs, Predicate<String> wanted, Consumer<String> arrived, Logger log) {
    this.self = self;
    this.runs = runs;
    this.wanted = wanted;
    this.arrived = arrived;
    this.log = log;
  }

  /** Returns the answer, null for none. */
  FileMessage receive(Chunk chunk) {
    String key = chunk.from() + " " + chunk.file();
    String why = objection(chunk);
    if (why == null) {
      try {
        return take(key, chunk);
      } catch (IOException e) {
        why = "cannot be written: " + e.getMessage();
      }
    }
    forget(key);
    log.warn("file {} of {}: {}", chunk.file(), chunk.from(), why);
    return new FileRefused(self, chunk.file(), why);
  }

  private String objection(Chunk chunk) {
    if (!RunPath.isAllowed(chunk.file())) {
      return "is no file of a run directory";
    }
    long end = chunk.at() + chunk.bytes().length;
    if (chunk.size() < 0 || chunk.size() > RunPath.mostBytes(chunk.file())) {
      return "has " + chunk.size() + " bytes, at most " + RunPath.mostBytes(chunk.file()) + " are taken";
    }
    if (chunk.at() < 0 || end > chunk.size() || chunk.bytes().length > FileMessage.MOST_CHUNK_BYTES
        || chunk.bytes().length == 0 && chunk.size() > 0) {
      return "bytes " + chunk.at() + " to " + end + " of " + chunk.size() + " in one chunk";
    }
    String run = RunPath.run(chunk.file());
    if (!RunPath.isSpec(chunk.file()) && chunk.epoch() < runs.epoch(run) && !wanted.test(chunk.file())) {
      return "comes from epoch " + chunk.epoch() + ", and here epoch " + runs.epoch(run) + " has begun";
    }
    return null;
  }

  private FileMessage take(String key, Chunk chunk) throws IOException {
    IncomingFile file = open.get(key);
    long here = file == null ? 0 : file.bytes();
    if (chunk.at() == 0 && !(file != null && here == chunk.bytes().length && file.sum() == chunk.sum())) {
      forget(key);
      if (open.size() == MOST_OPEN) {
        return null;
      }
      file = new IncomingFile(runs.root().resolve(chunk.file()), opened++);
      open.put(key, file);
    } else if (chunk.at() > here) {
      forget(key);
      return new ChunkTaken(self, chunk.file(), 0, false);
    } else if (chunk.at() < here) {
      return new ChunkTaken(self, chunk.file(), here, false);
    }
    file.append(chunk.bytes());
    if (file.sum() != chunk.sum()) {
      throw new IOException("it arrived damaged: its checksum does not match");
    }
    boolean whole = file.bytes() == chunk.size();
    if (whole) {
      file.publish();
      open.remove(key);
      arrived.accept(chunk.file());
    }
    return new ChunkTaken(self, chunk.file(), chunk.at() + chunk.bytes().length, whole);
  }

  private void forget(String key) {
    IncomingFile file = open.remove(key);
    if (file != null) {
      file.close();
    }
  }

  /** What it had begun to send does not come any more. */
  void memberGone(String member) {
    open.keySet().stream().filter(key -> key.startsWith(member + " ")).toList().forEach(this::forget);
  }

  void close() {
    open.keySet().stream().toList().forEach(this::forget);
  }
}
