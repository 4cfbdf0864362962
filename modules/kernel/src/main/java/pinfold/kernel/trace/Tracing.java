package pinfold.kernel.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** The trace of a machine: a buffer per entity that has something to tell, merged when somebody reads it. */
public final class Tracing {
  private final TraceRequest request;
  private final List<TraceBuffer> buffers = new ArrayList<>();

  public Tracing(TraceRequest request) {
    this.request = request;
  }

  /** A buffer for the entity that comes next in the order of ids; null, which costs a test, when nothing is traced. */
  public TraceBuffer buffer() {
    if (request.isEmpty()) {
      return null;
    }
    TraceBuffer buffer = new TraceBuffer(request);
    buffers.add(buffer);
    return buffer;
  }

  public TraceRequest request() {
    return request;
  }

  /** Records that were traced, those included that no buffer has any more. */
  public long written() {
    return buffers.stream().mapToLong(TraceBuffer::written).sum();
  }

  /** Records that the buffers still have. */
  public long kept() {
    return buffers.stream().mapToLong(buffer -> buffer.written() - buffer.oldest()).sum();
  }

  /** Forgets what was traced so far; only while no window runs. */
  public void clear() {
    buffers.forEach(TraceBuffer::clear);
  }

  /**
   * Hands out all records in the order of (time, id of the entity, the entity's order), only while no window runs. Whatever one
   * entity's record caused at another comes later: every link takes time.
   */
  public void forEach(Consumer<TraceRecord> consumer) {
    PriorityQueue<Cursor> heads = new PriorityQueue<>();
    for (int i = 0; i < buffers.size(); i++) {
      Cursor cursor = new Cursor(buffers.get(i), i);
      if (cursor.advance()) {
        heads.add(cursor);
      }
    }
    while (!heads.isEmpty()) {
      Cursor first = heads.poll();
      consumer.accept(first.buffer.read(first.next++));
      if (first.advance()) {
        heads.add(first);
      }
    }
  }

  private static final class Cursor implements Comparable<Cursor> {
    private final TraceBuffer buffer;
    private final int index;
    private long next;
    private long nanos;

    Cursor(TraceBuffer buffer, int index) {
      this.buffer = buffer;
      this.index = index;
      this.next = buffer.oldest();
    }

    boolean advance() {
      if (next == buffer.written()) {
        return false;
      }
      nanos = buffer.nanosOf(next);
      return true;
    }

    @Override
    public int compareTo(Cursor other) {
      return nanos != other.nanos ? Long.compare(nanos, other.nanos) : Integer.compare(index, other.index);
    }
  }
}
