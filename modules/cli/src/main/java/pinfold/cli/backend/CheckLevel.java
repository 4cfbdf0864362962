package pinfold.cli.backend;

/** How much of the model's invariants to verify while running. */
public enum CheckLevel {
  /** Nothing beyond what the code asserts. */
  OFF,
  /** What each window touched, with full sweeps now and then and at the end. */
  TOUCHED,
  /** Everything after every window. */
  FULL
}
