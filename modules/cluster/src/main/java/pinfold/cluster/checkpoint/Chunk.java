package pinfold.cluster.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import pinfold.engine.StateHash;

/**
 * Large arrays are stored in chunks: what has not changed since the last checkpoint is not written again, chunk by chunk. Where one is
 * goes into a long: the number of the file above, the offset within it below.
 */
final class Chunk {
  /** Of a folio table these are 512 folios, one pageblock; of a page table, 2,048 pages. */
  static final int BYTES = 8 << 10;

  private static final int OFFSET_BITS = 48;

  private Chunk() {}

  static int count(long arrayBytes) {
    return Math.toIntExact((arrayBytes + BYTES - 1) / BYTES);
  }

  /** Bytes of an array's chunk; the last may be shorter than the others. */
  static int bytes(long arrayBytes, int chunk) {
    return (int) Math.min(BYTES, arrayBytes - (long) chunk * BYTES);
  }

  static long place(int file, long offset) {
    return (long) file << OFFSET_BITS | offset;
  }

  static int file(long place) {
    return (int) (place >>> OFFSET_BITS);
  }

  static long offset(long place) {
    return place & (1L << OFFSET_BITS) - 1;
  }

  /**
   * Hashes chunks. Of two that differ in one long the hashes differ; of others they are equal by chance once in 2^64. The bytes are in
   * the order of the machine: all members are of one kind.
   */
  static final class Hasher {
    private final long[] longs = new long[BYTES / Long.BYTES];
    private final MemorySegment bytes = MemorySegment.ofArray(longs);

    long hash(MemorySegment from, long offset, int length) {
      int count = (length + Long.BYTES - 1) / Long.BYTES;
      Arrays.fill(longs, length / Long.BYTES, count, 0);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, bytes, ValueLayout.JAVA_BYTE, 0, length);
      return new StateHash().addAll(longs, 0, count).value();
    }
  }
}
