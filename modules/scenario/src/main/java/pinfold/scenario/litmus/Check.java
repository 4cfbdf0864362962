package pinfold.scenario.litmus;

import java.util.List;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;

/** One thing that must hold. */
public sealed interface Check {
  /** Where the file says it, from 1. */
  int line();

  /** What the last step returned, or the last one on CPU {@code cpu} if that is not {@link #LAST}. */
  record Result(int line, int cpu, Condition condition) implements Check {
    static final int LAST = -1;
  }

  /** How much a counter changed since the last mark. */
  record Counter(int line, String name, VmCounter counter, Condition condition) implements Check {}

  /**
   * What is true of every folio of a range.
   *
   * @param exactly for how many of them it must hold, {@link #EACH} for all
   */
  record Folio(int line, FolioRange folios, FolioProperty property, Condition condition, int exactly) implements Check {
    static final int EACH = -1;
  }

  /** How many pages the zones of a node have free. */
  record Free(int line, int node, Condition condition) implements Check {}

  /** What a node's kswapd does. */
  record Kswapd(int line, int node, Condition condition) implements Check {
    /** Names of its values, from 0. */
    static final List<String> STATES = List.of("asleep", "hopeless", "running");
  }

  /** What a batch holds, oldest entry first. */
  record Batch(int line, int cpu, BatchKind kind, List<String> entries) implements Check {
    public Batch {
      entries = List.copyOf(entries);
    }
  }

  /** How many entries a batch holds. */
  record BatchSize(int line, int cpu, BatchKind kind, Condition condition) implements Check {}

  /** Which folios a tracepoint named since the last mark, in order. */
  record Events(int line, EventKind kind, List<String> folios) implements Check {
    public Events {
      folios = List.copyOf(folios);
    }
  }

  /** The tracepoints. */
  enum EventKind {
    /** mm_lru_insertion. */
    INSERTIONS("insertions"),
    /** mm_lru_activate. */
    ACTIVATIONS("activations");

    private final String word;

    EventKind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
