package pinfold.cluster.codec;

import java.lang.foreign.MemorySegment;

/** Gives back what an {@link ArraySink} took, in the same order. */
public interface ArraySource {
  /** Bytes of the next array, -1 if there is none. */
  long nextBytes();

  /** Fills the next array, of {@link #nextBytes()} bytes. */
  void read(MemorySegment content);

  /** Bytes of the arrays that were read so far. */
  long readBytes();
}
