package pinfold.kernel.check;

/** How much is verified while a machine runs. */
public enum CheckLevel {
  /** Nothing beyond what the code asserts. */
  OFF,
  /** Within a few windows every folio to which something was done; everything now and then and at the end. */
  TOUCHED,
  /** Everything after every window. */
  FULL
}
