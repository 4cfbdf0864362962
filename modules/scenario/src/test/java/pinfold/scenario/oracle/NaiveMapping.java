package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.List;

/** One mapping: a folio or nothing in each slot, and the lock flags of the VMA that covers the slot. */
final class NaiveMapping {

  enum Lock {
    NONE,
    /** VM_LOCKED. */
    LOCKED,
    /** VM_LOCKED and VM_LOCKONFAULT. */
    LOCKED_ON_FAULT
  }

  /** Neighbouring slots under one VMA. */
  record Run(int first, int end, Lock lock) {}

  final boolean shared;
  final NaivePage[] pages;
  final Lock[] locks;
  /** The memfd's page cache; unused in private memory. */
  final NaivePage[] cache;

  NaiveMapping(boolean shared, int slots) {
    this.shared = shared;
    this.pages = new NaivePage[slots];
    this.locks = new Lock[slots];
    this.cache = new NaivePage[slots];
    java.util.Arrays.fill(locks, Lock.NONE);
  }

  /** The VMAs of the range [first, end), cut to it, in address order. */
  List<Run> runs(int first, int end) {
    List<Run> runs = new ArrayList<>();
    int from = first;
    for (int at = first + 1; at <= end; at++) {
      if (at == end || locks[at] != locks[from]) {
        runs.add(new Run(from, at, locks[from]));
        from = at;
      }
    }
    return runs;
  }
}
