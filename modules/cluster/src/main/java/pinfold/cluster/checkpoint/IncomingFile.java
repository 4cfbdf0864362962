package pinfold.cluster.checkpoint;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** A file that comes piece by piece: it is there when it was whole and its checksum right, and before that it is not. */
public final class IncomingFile implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final FileOutputStream out;
  private final CRC32C sum = new CRC32C();
  private long bytes;

  /**
   * @param place tells it from others that are about to become the same file
   * @throws IOException if it cannot be written
   */
  public IncomingFile(Path file, long place) throws IOException {
    this.file = file;
    this.part = file.resolveSibling(file.getFileName() + "." + place + ".part");
    Files.createDirectories(file.getParent());
    out = new FileOutputStream(part.toFile());
  }

  /** Bytes so far. */
  public long bytes() {
    return bytes;
  }

  /** CRC-32C of the bytes so far. */
  public long sum() {
    return sum.getValue();
  }

  public void append(byte[] more) throws IOException {
    out.write(more);
    sum.update(more);
    bytes += more.length;
  }

  /** It is whole: takes the place of the file of that name. */
  public void publish() throws IOException {
    out.getChannel().force(true);
    out.close();
    WholeFile.publish(part, file);
  }

  /** Nothing is left of what was not published. */
  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      // It is thrown away.
    }
    WholeFile.deleteQuietly(part);
  }
}
