package pinfold.experiment.explain;

/** What an explanation is about. */
public sealed interface Subject {
  /** The start of a VM. */
  record Vm(String name) implements Subject {}

  /** Whatever was at a page frame. */
  record Pfn(long number) implements Subject {}

  /** A call that pinned long-term, counted from 1 in the order of {@code pins.csv}. */
  record Pin(int number) implements Subject {}
}
