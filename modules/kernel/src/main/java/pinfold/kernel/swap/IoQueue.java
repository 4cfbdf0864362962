package pinfold.kernel.swap;

import pinfold.engine.StateHash;
import pinfold.kernel.folio.LongList;

/**
 * When a device accepts requests and when it completes them: so many channels work on one request each, first come first served, and
 * so many requests are in the device at most. Times follow from those of the requests before, so nothing has to happen in between.
 */
final class IoQueue {
  private final int depth;
  /** By channel: when it is free. */
  private final long[] freeAt;
  /** When requests that are in the device complete, ascending. */
  private final LongList completions = new LongList();
  private long acceptedAt;
  private int channel;

  IoQueue(int channels, int depth) {
    this.freeAt = new long[channels];
    this.depth = depth;
  }

  /** Takes a request; returns when it completes. Requests come in order of time. */
  long add(long nowNanos, long serviceNanos) {
    acceptedAt = Math.max(acceptedAt, nowNanos);
    int over = 0;
    while (over < completions.size() && (completions.get(over) <= acceptedAt || completions.size() - over >= depth)) {
      acceptedAt = Math.max(acceptedAt, completions.get(over++));
    }
    completions.removeFirst(over);
    channel = 0;
    for (int i = 1; i < freeAt.length; i++) {
      channel = freeAt[i] < freeAt[channel] ? i : channel;
    }
    freeAt[channel] = Math.max(freeAt[channel], acceptedAt) + serviceNanos;
    insert(freeAt[channel]);
    return freeAt[channel];
  }

  private void insert(long nanos) {
    completions.add(nanos);
    for (int i = completions.size() - 1; i > 0 && completions.get(i - 1) > nanos; i--) {
      completions.set(i, completions.get(i - 1));
      completions.set(i - 1, nanos);
    }
  }

  /** When the last request was accepted. */
  long acceptedAtNanos() {
    return acceptedAt;
  }

  /** The channel that works on it. */
  int channel() {
    return channel;
  }

  void hashState(StateHash hash) {
    hash.add(acceptedAt).addAll(freeAt, 0, freeAt.length).addAll(completions.words(), 0, completions.size());
  }
}
