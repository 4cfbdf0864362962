package pinfold.kernel.check;

/** How much is verified while a machine runs. */
public enum CheckLevel {
  /** Nothing beyond what the code asserts. */
  OFF,
  /** After each window the batches of the CPUs that did something in it; everything now and then and at the end. */
  TOUCHED,
  /** Everything after every window. */
  FULL
}
