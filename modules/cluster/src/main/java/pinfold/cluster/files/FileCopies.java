package pinfold.cluster.files;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointStore;

/**
 * What makes the files of this member's run directory outlive it. Either all members see the same directory ({@link SharedDirectory}),
 * or each has its own and files have copies on other members ({@link CopiesOnMembers}).
 *
 * <p>What follows ({@code then}) may be called by any thread, before the method returns or later: an actor sends itself a message.
 */
public interface FileCopies {
  /** What of a run, or of all if {@code run} is empty, the members that are up have. Their small files are then here too. */
  void survey(String run, Consumer<Surveyed> then);

  /** Has all members keep a small file that was written here; {@code then} hears whether more than half of them do. */
  void keepByAll(Path file, int epoch, Consumer<Boolean> then);

  /** Has some members keep files that were written here. */
  void keepBySome(List<Path> files, int epoch, Runnable then);

  /** Brings files here that are not; {@code then} hears which no member has that is up. */
  void fetch(List<Path> files, Consumer<List<Path>> then);

  /**
   * Declares a checkpoint complete in this directory; all of its groups have been saved.
   *
   * @throws pinfold.cluster.checkpoint.CheckpointException if it cannot be written
   */
  Checkpoint complete(CheckpointStore store, String checkpoint, long nowNanos, int groups);

  /** Removes a checkpoint that was removed here from other directories too. */
  void discard(String run, int epoch, String checkpoint);
}
