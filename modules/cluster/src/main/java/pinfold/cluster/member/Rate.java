package pinfold.cluster.member;

import java.util.ArrayDeque;

/** How fast a count has grown lately. */
final class Rate {
  static final int SECONDS = 10;

  private record Point(long wallNanos, long count) {}

  private final ArrayDeque<Point> points = new ArrayDeque<>();

  /** Forgets everything, as when the count begins anew. */
  void clear() {
    points.clear();
  }

  /** Takes in where the count is now; later than the last time. */
  void at(long wallNanos, long count) {
    points.addLast(new Point(wallNanos, count));
    while (points.size() > 2 && wallNanos - points.getFirst().wallNanos > SECONDS * 1_000_000_000L) {
      points.removeFirst();
    }
  }

  double perSecond() {
    if (points.size() < 2) {
      return 0;
    }
    Point first = points.getFirst();
    Point last = points.getLast();
    return (last.count - first.count) * 1e9 / Math.max(1, last.wallNanos - first.wallNanos);
  }
}
