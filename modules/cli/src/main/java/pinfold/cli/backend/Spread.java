package pinfold.cli.backend;

/** What a cluster spreads over its members. */
public enum Spread {
  /** One run after the other, the NUMA nodes of each over all members. */
  MACHINE,
  /** Several runs at a time, each on one member. */
  RUNS
}
