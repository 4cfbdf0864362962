package pinfold.cluster.checkpoint;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one group's last state consisted of, in the process that wrote it: for each large array where its chunks are and their hashes.
 * With it the next state is written as what changed. Every {@value #FULL_EVERY}th is full, and so is the first, so no state needs more
 * files than that. Not thread-safe; it keeps alive arrays that the group had at the last checkpoint.
 *
 * <p>That the last state's checkpoint was completed is not asked for: a chunk that is not written anew was in every state since it was,
 * so it is in a file that each of these states needs, and {@link CheckpointStore} keeps the files that a complete checkpoint needs and
 * those of later ones.
 */
public final class GroupHistory {
  /** One state in so many is full. */
  public static final int FULL_EVERY = 8;

  /** Checkpoints in which this group was saved since it was in full, that one first; a chunk's file is a number in this list. */
  private List<String> checkpoints = List.of();
  /** By array, for each chunk: place, hash. */
  private Map<Object, long[]> chunks = Map.of();

  /** What a state can be written on top of: nothing for a full one. */
  record Base(List<String> checkpoints, Map<Object, long[]> chunks) {}

  Base base(String nextCheckpoint) {
    boolean full = checkpoints.size() == FULL_EVERY || checkpoints.contains(nextCheckpoint);
    return full ? new Base(List.of(), Map.of()) : new Base(checkpoints, chunks);
  }

  /** The state is on disk. */
  void saved(Base base, String checkpoint, IdentityHashMap<Object, long[]> written) {
    List<String> all = new ArrayList<>(base.checkpoints);
    all.add(checkpoint);
    checkpoints = all;
    chunks = written;
  }
}
