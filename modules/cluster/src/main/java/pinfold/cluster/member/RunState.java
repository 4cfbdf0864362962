package pinfold.cluster.member;

/** What becomes of a run. */
public enum RunState {
  /** Not known here. */
  UNKNOWN,
  /** Its groups are being placed and built, for the first time or again. */
  PLACING,
  RUNNING,
  DONE,
  FAILED
}
