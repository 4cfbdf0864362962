package pinfold.kernel.folio;

import java.util.function.IntConsumer;
import pinfold.engine.StateHash;

/** {@link Shadow} entries by index: of the pages of a file, or of the slots of a swap device. Nothing is paid for where there is none. */
public final class ShadowMap {
  private static final int CHUNK_SHIFT = 9;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

  private final long[][] chunks;

  /** @param size indices go from 0 to below it */
  public ShadowMap(int size) {
    this.chunks = new long[(int) ((size + (long) CHUNK_MASK) >>> CHUNK_SHIFT)][];
  }

  /** The shadow at an index, 0 for none. */
  public long get(int index) {
    long[] chunk = chunks[index >>> CHUNK_SHIFT];
    return chunk == null ? 0 : chunk[index & CHUNK_MASK];
  }

  /** Puts a shadow there; 0 takes away what was there. */
  public void put(int index, long shadow) {
    long[] chunk = chunks[index >>> CHUNK_SHIFT];
    if (chunk == null) {
      if (shadow == 0) {
        return;
      }
      chunk = new long[CHUNK_MASK + 1];
      chunks[index >>> CHUNK_SHIFT] = chunk;
    }
    chunk[index & CHUNK_MASK] = shadow;
  }

  /** Visits the indices that have one, in ascending order. */
  public void forEach(IntConsumer visitor) {
    for (int c = 0; c < chunks.length; c++) {
      for (int i = 0; chunks[c] != null && i <= CHUNK_MASK; i++) {
        if (chunks[c][i] != 0) {
          visitor.accept(c << CHUNK_SHIFT | i);
        }
      }
    }
  }

  public void hashState(StateHash hash) {
    forEach(index -> hash.add(index).add(get(index)));
  }
}
