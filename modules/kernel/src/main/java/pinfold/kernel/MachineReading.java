package pinfold.kernel;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.StateHash;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Distributions;

/**
 * What can be read of a machine after a run, or of the entities of it that ran in one place; such parts add up to the whole.
 *
 * @param digests per entity read: its id, rolling digest and state hash, by ascending id
 * @param taskEnds tasks that ended, in the order in which the observer heard
 * @param pinCalls pin calls, in the order in which the observer heard
 * @param oomKills OOM kills, in the order in which the observer heard
 * @param liveTasks tasks that have not ended, each as {@code cpu N: } and its stack
 * @param waiting who waits for a drain, for a lock, or, of drain workers, for a CPU
 */
public record MachineReading(long[] digests, Counters counters, Distributions distributions, ArrayList<TaskEnd> taskEnds,
    ArrayList<PinCall> pinCalls, ArrayList<OomKill> oomKills, ArrayList<String> liveTasks, ArrayList<String> waiting) {
  private static final int PER_ENTITY = 3;

  /** Nothing. */
  public static MachineReading none() {
    return new MachineReading(new long[0], new Counters(), new Distributions(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
        new ArrayList<>(), new ArrayList<>());
  }

  /** This and {@code other}, which was read of other entities of the same machine with greater or smaller ids or both. */
  public MachineReading plus(MachineReading other) {
    MachineReading sum = none();
    for (MachineReading part : List.of(this, other)) {
      sum.counters.addAll(part.counters);
      sum.distributions.addAll(part.distributions);
      sum.taskEnds.addAll(part.taskEnds);
      sum.pinCalls.addAll(part.pinCalls);
      sum.oomKills.addAll(part.oomKills);
      sum.liveTasks.addAll(part.liveTasks);
      sum.waiting.addAll(part.waiting);
    }
    return new MachineReading(merged(digests, other.digests), sum.counters, sum.distributions, sum.taskEnds, sum.pinCalls, sum.oomKills,
        sum.liveTasks, sum.waiting);
  }

  private static long[] merged(long[] one, long[] other) {
    long[] merged = new long[one.length + other.length];
    int a = 0;
    int b = 0;
    for (int at = 0; at < merged.length; at += PER_ENTITY) {
      boolean first = b == other.length || a < one.length && one[a] < other[b];
      System.arraycopy(first ? one : other, first ? a : b, merged, at, PER_ENTITY);
      a += first ? PER_ENTITY : 0;
      b += first ? 0 : PER_ENTITY;
    }
    return merged;
  }

  /** What the run did and what state it left, in 64 bits: equal on every host, at any parallelism, for any window. */
  public long digest() {
    StateHash hash = new StateHash();
    for (int at = 0; at < digests.length; at += PER_ENTITY) {
      hash.add(digests[at + 1]).add(digests[at + 2]);
    }
    return hash.value();
  }
}
