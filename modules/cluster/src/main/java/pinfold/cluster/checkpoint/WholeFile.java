package pinfold.cluster.checkpoint;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there as a whole or not at all: written under another name, forced to disk and renamed. */
public final class WholeFile {
  private WholeFile() {}

  /** Writes what the file is to hold. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, in place of the one of that name if there is one; makes its directory where that is missing. Returns bytes written.
   *
   * @throws CheckpointException if it cannot be written, and then nothing is left of it; {@code what} is in the message
   */
  public static long write(Path file, String what, Writer writer) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.createDirectories(file.getParent());
      long bytes;
      try (FileOutputStream out = new FileOutputStream(part.toFile())) {
        writer.writeTo(out);
        out.getChannel().force(true);
        bytes = out.getChannel().position();
      }
      publish(part, file);
      return bytes;
    } catch (IOException | RuntimeException e) { // A payload's writer wraps what the disk says.
      deleteQuietly(part);
      throw new CheckpointException("cannot write " + what + " " + file + ": " + e.getMessage(), e);
    }
  }

  /** What is on disk under another name takes the file's. */
  static void publish(Path part, Path file) throws IOException {
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(file.getParent());
  }

  /** A renamed file is sure to be found under its new name when its directory is on disk too. */
  private static void forceDirectory(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      return; // What cannot be removed is in nobody's way.
    }
  }
}
