package pinfold.scenario.litmus;

import java.util.List;
import java.util.Set;

/** Something that happens in a litmus test, or something that must hold there. */
public sealed interface Line {
  /** Where the file says it, from 1. */
  int number();

  /**
   * A task does something on a CPU, or on every CPU in turn, and ends before the next line.
   *
   * @param cpu which CPU, {@link #EVERY_CPU} for all of them, lowest first
   * @param delayNanos how much later it begins than the others of a {@link Together}
   * @param text as the file says it
   */
  record Step(int number, int cpu, long delayNanos, Action action, String text) implements Line {
    public static final int EVERY_CPU = -1;
  }

  /** Steps on different CPUs that begin at the same time. */
  record Together(int number, List<Step> steps) implements Line {
    public Together {
      steps = List.copyOf(steps);
    }
  }

  /** Simulated time passes. */
  record Advance(int number, long nanos) implements Line {}

  /** From here on counters and events are counted anew. */
  record Mark(int number) implements Line {}

  /**
   * What must hold now.
   *
   * @param variants in which variants; empty for all
   */
  record Expect(int number, Set<String> variants, List<Check> checks) implements Line {
    public Expect {
      checks = List.copyOf(checks);
    }

    boolean concerns(String variant) {
      return variants.isEmpty() || variants.contains(variant);
    }
  }
}
