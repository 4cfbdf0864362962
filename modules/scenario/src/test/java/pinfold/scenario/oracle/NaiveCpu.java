package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.List;

/** One CPU's batches. Entries are in the order in which they were queued. */
final class NaiveCpu {

  record Entry(NaiveRequest request, NaivePage page) {}

  final List<Entry> lruAdd = new ArrayList<>();
  final List<Entry> deactivate = new ArrayList<>();
  final List<Entry> lazyfree = new ArrayList<>();
  final List<Entry> activate = new ArrayList<>();
  final List<Entry> mlock = new ArrayList<>();

  /** The batch in which a request waits. */
  List<Entry> batch(NaiveRequest request) {
    return switch (request) {
      case LRU_ADD -> lruAdd;
      case DEACTIVATE -> deactivate;
      case LAZYFREE -> lazyfree;
      case ACTIVATE -> activate;
      case MLOCK_LRU, MLOCK_NEW, MUNLOCK -> mlock;
    };
  }

  /** All batches in the order of lru_add_drain. */
  List<List<Entry>> inDrainOrder() {
    return List.of(lruAdd, deactivate, lazyfree, activate, mlock);
  }

  boolean needsDrain() {
    return inDrainOrder().stream().anyMatch(batch -> !batch.isEmpty());
  }
}
