package pinfold.cluster.member;

import pinfold.kernel.Directory;
import pinfold.kernel.Machine;

/** Which entities stay together: those of a NUMA node, with the address spaces and files that were created there. */
public final class Groups {
  private Groups() {}

  /** The group of an entity; the drain and the observer, which are far from everyone, are in group 0. */
  public static int of(Machine machine, int entity) {
    return entity == Directory.LRU_DRAIN || entity == Directory.OBSERVER ? 0 : machine.directory().links().groupOf(entity);
  }
}
