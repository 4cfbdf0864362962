package pinfold.scenario.litmus;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.check.CheckLevel;

/**
 * How to run a litmus test.
 *
 * @param hosts makes a host from entities and the length of a window, ns
 * @param seed decides between events of one instant
 * @param maxWalkPages pages that a walk covers at most; less than 512 changes no outcome
 * @param afterStep called with the machine whenever nothing is under way
 * @param checks what is verified while it runs
 */
public record RunOptions(BiFunction<List<Entity>, Long, Host> hosts, long seed, int maxWalkPages, Consumer<Machine> afterStep,
    CheckLevel checks) {
  /** One thread, seed 1, full walks. */
  public static final RunOptions SEQUENTIAL = new RunOptions(SequentialHost::new, 1, 512, machine -> {}, CheckLevel.OFF);

  /** Without checks. */
  public RunOptions(BiFunction<List<Entity>, Long, Host> hosts, long seed, int maxWalkPages, Consumer<Machine> afterStep) {
    this(hosts, seed, maxWalkPages, afterStep, CheckLevel.OFF);
  }

  /** The same on another host. */
  public RunOptions on(BiFunction<List<Entity>, Long, Host> others) {
    return new RunOptions(others, seed, maxWalkPages, afterStep, checks);
  }

  /** The same with checks. */
  public RunOptions checking(CheckLevel level) {
    return new RunOptions(hosts, seed, maxWalkPages, afterStep, level);
  }
}
