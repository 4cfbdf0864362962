package pinfold.cluster.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import pinfold.cluster.codec.ArraySink;

/** Writes one state file ({@link StateFile} has the format): chunks as they come, and when all have come what tells where they are. */
final class StateFileWriter implements ArraySink {
  private static final int BUFFER = 1 << 20;

  private final OutputStream file;
  private final GroupHistory.Base base;
  private final IdentityHashMap<Object, long[]> written = new IdentityHashMap<>();
  private final Chunk.Hasher hasher = new Chunk.Hasher();
  private final byte[] buffer = new byte[BUFFER];
  private final ByteArrayOutputStream index = new ByteArrayOutputStream(BUFFER);
  private final DataOutputStream indexData = new DataOutputStream(index);
  /** Which of the base's files the chunks are in. */
  private final boolean[] needed;
  private int buffered;
  private long position;

  StateFileWriter(OutputStream file, GroupHistory.Base base, byte[] head) throws IOException {
    this.file = file;
    this.base = base;
    this.needed = new boolean[base.checkpoints().size()];
    put(head);
  }

  private void put(byte[] bytes) throws IOException {
    flush();
    file.write(bytes);
    position += bytes.length;
  }

  private void flush() throws IOException {
    file.write(buffer, 0, buffered);
    position += buffered;
    buffered = 0;
  }

  @Override
  public void write(Object array, MemorySegment content) {
    try {
      indexData.writeLong(content.byteSize());
      long[] known = base.chunks().get(array);
      long[] chunks = new long[2 * Chunk.count(content.byteSize())];
      for (int i = 0; i < chunks.length; i += 2) {
        long offset = (long) i / 2 * Chunk.BYTES;
        int length = Chunk.bytes(content.byteSize(), i / 2);
        long hash = hasher.hash(content, offset, length);
        if (known != null && known[i + 1] == hash) {
          chunks[i] = known[i];
          needed[Chunk.file(known[i])] = true;
        } else {
          chunks[i] = append(content, offset, length);
        }
        chunks[i + 1] = hash;
        indexData.writeLong(chunks[i]);
        indexData.writeLong(hash);
      }
      written.put(array, chunks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long append(MemorySegment content, long offset, int length) throws IOException {
    if (buffered + length > BUFFER) {
      flush();
    }
    MemorySegment.copy(content, ValueLayout.JAVA_BYTE, offset, buffer, buffered, length);
    buffered += length;
    return Chunk.place(needed.length, position + buffered - length);
  }

  /** Ends the file. {@code graph}: all but the large arrays. */
  void finish(ByteArrayOutputStream graph) throws IOException {
    flush();
    StateFile.Footer footer = new StateFile.Footer(neededCheckpoints(), position, graph.size(), index.size(), sum(graph, index));
    graph.writeTo(file);
    index.writeTo(file);
    file.write(footer.bytes());
  }

  private static long sum(ByteArrayOutputStream graph, ByteArrayOutputStream index) throws IOException {
    CRC32C sum = new CRC32C();
    OutputStream summing = new CheckedOutputStream(OutputStream.nullOutputStream(), sum);
    graph.writeTo(summing);
    index.writeTo(summing);
    return sum.getValue();
  }

  private Map<Integer, String> neededCheckpoints() {
    Map<Integer, String> names = new TreeMap<>();
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        names.put(i, base.checkpoints().get(i));
      }
    }
    return names;
  }

  /** By array, for each chunk: place, hash. */
  IdentityHashMap<Object, long[]> written() {
    return written;
  }
}
