package pinfold.cluster.files;

import java.nio.file.Path;

/** A member's own run directory, as the keeper of its files sees it. */
public interface KeptRuns {
  Path root();

  /** How often a run was begun, as far as this directory knows; 0 for never. */
  int epoch(String run);

  /** A run has another complete checkpoint: those that are no longer needed may go. */
  void removeOldCheckpoints(String run);

  /** A checkpoint of a run cannot be used. */
  void discardCheckpoint(String run, String checkpoint);
}
