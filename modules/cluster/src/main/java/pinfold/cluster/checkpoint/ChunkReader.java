package pinfold.cluster.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import pinfold.cluster.codec.ArraySource;

/** Gives a state's large arrays, each chunk from whatever file it is in and checked by its hash. */
final class ChunkReader implements ArraySource, AutoCloseable {
  /** Opens the files that an index refers to. */
  interface Files {
    /** The file of that number. */
    StateFile open(int number) throws IOException;

    /** Says what it means that a file cannot be read. */
    CheckpointException failure(IOException e);
  }

  private final ByteBuffer index;
  private final Files files;
  private final Map<Integer, StateFile> open = new HashMap<>();
  private final Chunk.Hasher hasher = new Chunk.Hasher();
  private final byte[] bytes = new byte[Chunk.BYTES];
  private final MemorySegment chunk = MemorySegment.ofArray(bytes);
  private CheckpointException failure;
  private long readBytes;

  ChunkReader(ByteBuffer index, Files files) {
    this.index = index;
    this.files = files;
  }

  /** What went wrong, null if nothing did: what a reader makes of it may hide it. */
  CheckpointException failure() {
    return failure;
  }

  @Override
  public long nextBytes() {
    return index.hasRemaining() ? index.getLong(index.position()) : -1;
  }

  @Override
  public void read(MemorySegment content) {
    try {
      long arrayBytes = index.getLong();
      for (int i = 0; i < Chunk.count(arrayBytes); i++) {
        int length = Chunk.bytes(arrayBytes, i);
        read(index.getLong(), length, index.getLong());
        MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, content, ValueLayout.JAVA_BYTE, (long) i * Chunk.BYTES, length);
      }
    } catch (IOException e) {
      failure = files.failure(e);
      throw failure;
    } catch (CheckpointException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public long readBytes() {
    return readBytes;
  }

  private void read(long place, int length, long hash) throws IOException {
    StateFile file = open.get(Chunk.file(place));
    if (file == null) {
      file = files.open(Chunk.file(place));
      open.put(Chunk.file(place), file);
    }
    file.read(Chunk.offset(place), bytes, length);
    readBytes += length;
    if (hasher.hash(chunk, 0, length) != hash) {
      throw new CheckpointException("the checkpoint " + file.path() + " is damaged: the bytes at " + Chunk.offset(place)
          + " are not those that were written");
    }
  }

  @Override
  public void close() throws IOException {
    for (StateFile file : open.values()) {
      file.close();
    }
  }
}
