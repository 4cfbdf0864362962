package pinfold.cluster.member;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What a member's parts say about themselves now and then, and, on the member that has the manager, what that knows of the runs; for
 * metrics. Nothing in a run depends on it.
 */
final class Board {
  private final ConcurrentSkipListMap<String, PartStatus> parts = new ConcurrentSkipListMap<>();
  private volatile List<RunReport> runs = List.of();

  void put(PartStatus status) {
    parts.put(status.run(), status);
  }

  /** The run has no part here any more. */
  void remove(String run, int epoch) {
    parts.computeIfPresent(run, (id, status) -> status.epoch() == epoch ? null : status);
  }

  List<PartStatus> parts() {
    return List.copyOf(parts.values());
  }

  void runs(List<RunReport> reports) {
    runs = List.copyOf(reports);
  }

  List<RunReport> runs() {
    return runs;
  }
}
