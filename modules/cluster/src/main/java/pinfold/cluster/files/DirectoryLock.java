package pinfold.cluster.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import pinfold.cluster.checkpoint.CheckpointException;

/** Keeps a member's own run directory from being another member's too, as a copy there would be none. */
public final class DirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the directory until it is closed or this process ends; makes it where it is missing.
   *
   * @throws CheckpointException if another member has it, or it cannot be used
   */
  public static DirectoryLock take(Path root) {
    try {
      Files.createDirectories(root);
      FileChannel channel = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isTaken(channel)) {
        channel.close();
        throw new CheckpointException(root + " is the run directory of another member that runs: with copies each needs one of its own");
      }
      return new DirectoryLock(channel);
    } catch (IOException e) {
      throw new CheckpointException("cannot use the run directory " + root + ": " + e.getMessage(), e);
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) { // Another member in this JVM.
      return true;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      return; // The end of the process gives it back.
    }
  }
}
