package pinfold.cluster.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A state file that is open for reading. Its parts, in this order:
 *
 * <ol>
 *   <li>head: magic, format version, build and run hash, group, simulated time (ns), and the CRC-32C of these;
 *   <li>chunks of large arrays, the bytes alone;
 *   <li>graph: the payload without its large arrays;
 *   <li>index: for each large array its bytes, and for each of its chunks file and offset ({@link Chunk}) and a 64-bit hash;
 *   <li>footer: which other checkpoints' files of this group the index refers to, where graph and index are, and their CRC-32C;
 *   <li>bytes of the footer, and the CRC-32C of footer and that.
 * </ol>
 *
 * <p>All of it is under one of the sums or hashes. Whatever is wrong is a {@link CheckpointException} that names the file; that it
 * could not be read is an {@link IOException}.
 */
final class StateFile implements AutoCloseable {
  /** Raised when what a state file means changes. */
  static final int FORMAT = 3;

  private static final long MAGIC = 0x50494E464F4C4443L;
  /** More than any head has. */
  private static final int MOST_HEAD_BYTES = 1 << 16;
  private static final int TRAILER_BYTES = Integer.BYTES + Long.BYTES;

  private final Path path;
  private final FileChannel channel;

  private StateFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static byte[] head(String identity, int group, long nowNanos) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(MAGIC);
    out.writeInt(FORMAT);
    out.writeUTF(identity);
    out.writeInt(group);
    out.writeLong(nowNanos);
    out.writeLong(sum(bytes.toByteArray(), bytes.size()));
    return bytes.toByteArray();
  }

  private static long sum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return sum.getValue();
  }

  /** What a file begins with. */
  record Head(String identity, int group, long nowNanos) {}

  /**
   * What a file ends with.
   *
   * @param checkpoints that other chunks of the state are in, by the numbers that the index has for their files
   * @param graphAt where the graph begins; the index is behind it
   * @param sum of graph and index
   */
  record Footer(Map<Integer, String> checkpoints, long graphAt, long graphBytes, long indexBytes, long sum) {
    byte[] bytes() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeLong(graphAt);
      out.writeLong(graphBytes);
      out.writeLong(indexBytes);
      out.writeLong(sum);
      out.writeInt(checkpoints.size());
      for (Map.Entry<Integer, String> checkpoint : checkpoints.entrySet()) {
        out.writeInt(checkpoint.getKey());
        out.writeUTF(checkpoint.getValue());
      }
      out.writeInt(bytes.size());
      out.writeLong(StateFile.sum(bytes.toByteArray(), bytes.size()));
      return bytes.toByteArray();
    }

    static Footer read(byte[] bytes) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      long graphAt = in.readLong();
      long graphBytes = in.readLong();
      long indexBytes = in.readLong();
      long sum = in.readLong();
      Map<Integer, String> checkpoints = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        checkpoints.put(in.readInt(), in.readUTF());
      }
      return new Footer(checkpoints, graphAt, graphBytes, indexBytes, sum);
    }
  }

  static StateFile open(Path path) throws IOException {
    return new StateFile(path, FileChannel.open(path, StandardOpenOption.READ));
  }

  Path path() {
    return path;
  }

  /** Magic and format are looked at first, as another format may have its sums elsewhere. */
  Head head() throws IOException {
    byte[] bytes = bytes(0, (int) Math.min(MOST_HEAD_BYTES, channel.size()));
    ByteBuffer head = ByteBuffer.wrap(bytes);
    int least = Long.BYTES + Integer.BYTES + Short.BYTES;
    int rest = Integer.BYTES + Long.BYTES;
    if (bytes.length < least) {
      throw cutShort(bytes.length + " bytes");
    }
    if (head.getLong() != MAGIC) {
      throw new CheckpointException(path + " is not a checkpoint");
    }
    int format = head.getInt();
    if (format != FORMAT) {
      throw new CheckpointException("the checkpoint " + path + " has format " + format + ", this build reads " + FORMAT);
    }
    int summed = least + (head.getShort() & 0xFFFF) + rest;
    if (bytes.length < summed + Long.BYTES || head.getLong(summed) != sum(bytes, summed)) {
      throw cutShort("its head's checksum does not match");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, least - Short.BYTES, summed));
    return new Head(in.readUTF(), in.readInt(), in.readLong());
  }

  Footer footer() throws IOException {
    long size = channel.size();
    ByteBuffer trailer = ByteBuffer.wrap(bytes(size - TRAILER_BYTES, TRAILER_BYTES));
    int length = trailer.getInt();
    if (length < 0 || length > size) {
      throw cutShort("its end says that it has a footer of " + length + " bytes");
    }
    byte[] bytes = bytes(size - TRAILER_BYTES - length, length + Integer.BYTES);
    if (trailer.getLong() != sum(bytes, bytes.length)) {
      throw cutShort("its checksum does not match");
    }
    return Footer.read(bytes);
  }

  /** Graph and index, one behind the other. */
  byte[] graphAndIndex(Footer footer) throws IOException {
    byte[] bytes = bytes(footer.graphAt, Math.toIntExact(footer.graphBytes + footer.indexBytes));
    if (footer.sum != sum(bytes, bytes.length)) {
      throw cutShort("its checksum does not match");
    }
    return bytes;
  }

  private byte[] bytes(long at, int count) throws IOException {
    if (at < 0 || count < 0 || count > channel.size() - at) {
      throw cutShort(channel.size() + " bytes");
    }
    byte[] bytes = new byte[count];
    read(at, bytes, count);
    return bytes;
  }

  /** Reads so many bytes from there on. */
  void read(long at, byte[] into, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, count);
    while (buffer.hasRemaining()) {
      if (read(buffer, at) < 0) {
        throw cutShort(channel.size() + " bytes");
      }
    }
  }

  /** What the system says does not name the file. */
  private int read(ByteBuffer buffer, long at) throws IOException {
    try {
      return channel.read(buffer, at + buffer.position());
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private CheckpointException cutShort(String why) {
    return new CheckpointException("the checkpoint " + path + " is damaged or cut short: " + why);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
