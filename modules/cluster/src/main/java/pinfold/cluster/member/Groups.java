package pinfold.cluster.member;

import pinfold.kernel.Directory;
import pinfold.kernel.Machine;

/**
 * Which entities stay together: those of a NUMA node, with the address spaces and files that were created there; or all, where a run
 * asks for that.
 */
public final class Groups {
  private Groups() {}

  /** How many groups a run has. */
  static int count(RunSpec spec, Workload workload) {
    return spec.onOneMember() ? 1 : workload.nodes(spec);
  }

  /** The group of an entity of a run. */
  static int of(RunSpec spec, Machine machine, int entity) {
    return spec.onOneMember() ? 0 : of(machine, entity);
  }

  /** The NUMA node of an entity; the drain and the observer, which are far from everyone, are with node 0. */
  public static int of(Machine machine, int entity) {
    return entity == Directory.LRU_DRAIN || entity == Directory.OBSERVER ? 0 : machine.directory().links().groupOf(entity);
  }
}
