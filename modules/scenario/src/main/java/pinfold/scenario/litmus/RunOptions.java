package pinfold.scenario.litmus;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;

/**
 * How to run a litmus test.
 *
 * @param hosts makes a host from entities and the length of a window, ns
 * @param seed decides between events of one instant
 * @param maxWalkPages pages that a walk covers at most; less than 512 changes no outcome
 * @param afterStep called with the machine whenever nothing is under way
 */
public record RunOptions(BiFunction<List<Entity>, Long, Host> hosts, long seed, int maxWalkPages, Consumer<Machine> afterStep) {
  /** One thread, seed 1, full walks. */
  public static final RunOptions SEQUENTIAL = new RunOptions(SequentialHost::new, 1, 512, machine -> {});

  /** The same on another host. */
  public RunOptions on(BiFunction<List<Entity>, Long, Host> others) {
    return new RunOptions(others, seed, maxWalkPages, afterStep);
  }
}
