package pinfold.cluster.codec;

import java.lang.foreign.MemorySegment;

/** Takes arrays that are too large for the stream that they belong to. */
@FunctionalInterface
public interface ArraySink {
  /**
   * Takes the next one.
   *
   * @param array the object itself, which tells it from others
   * @param content its elements
   */
  void write(Object array, MemorySegment content);
}
