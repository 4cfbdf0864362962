package pinfold.cluster.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** A file on its way to another member, chunk by chunk. A chunk may be read again, and the file from its beginning. */
final class OutgoingFile implements AutoCloseable {
  private final FileChannel channel;
  private final long size;
  private final int chunkBytes;
  private final CRC32C sum = new CRC32C();
  private long at;
  private byte[] bytes;

  /** @throws IOException if it cannot be read, as when it is not there */
  OutgoingFile(Path file, int chunkBytes) throws IOException {
    this.chunkBytes = chunkBytes;
    channel = FileChannel.open(file, StandardOpenOption.READ);
    size = channel.size();
    rewind();
  }

  /** Goes back to the first chunk. */
  void rewind() throws IOException {
    sum.reset();
    read(0);
  }

  /** Goes to the next chunk. */
  void advance() throws IOException {
    read(next());
  }

  private void read(long from) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(chunkBytes, size - from));
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new IOException("it has become shorter");
      }
    }
    at = from;
    bytes = buffer.array();
    sum.update(bytes);
  }

  /** Where the chunk after this one begins. */
  long next() {
    return at + bytes.length;
  }

  FileMessage.Chunk chunk(String from, String file, int epoch) {
    return new FileMessage.Chunk(from, file, epoch, size, at, bytes, sum.getValue());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
