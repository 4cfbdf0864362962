package pinfold.cluster.member;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** What a member's parts say about themselves now and then, for status and metrics; nothing in a run depends on it. */
final class PartBoard {
  private final ConcurrentSkipListMap<String, PartStatus> parts = new ConcurrentSkipListMap<>();

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
}
