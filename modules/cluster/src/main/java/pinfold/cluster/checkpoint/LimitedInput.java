package pinfold.cluster.checkpoint;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The next so many bytes of a stream, and no more. */
final class LimitedInput extends FilterInputStream {
  private long left;

  LimitedInput(InputStream in, long bytes) {
    super(in);
    left = bytes;
  }

  @Override
  public int read() throws IOException {
    int next = left > 0 ? in.read() : -1;
    left -= next < 0 ? 0 : 1;
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = left > 0 ? in.read(bytes, offset, (int) Math.min(left, length)) : -1;
    left -= Math.max(count, 0);
    return count;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long count = in.skip(Math.min(left, bytes));
    left -= count;
    return count;
  }

  /** All that is left, as the bytes are in a file. */
  @Override
  public int available() {
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
