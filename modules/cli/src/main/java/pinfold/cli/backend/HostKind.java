package pinfold.cli.backend;

/** What runs the entities; the result is the same. */
public enum HostKind {
  /** Actors on all processors. */
  ACTORS,
  /** One loop on one thread: the reference. */
  SEQUENTIAL
}
