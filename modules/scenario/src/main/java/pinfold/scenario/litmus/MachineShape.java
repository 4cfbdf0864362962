package pinfold.scenario.litmus;

import pinfold.kernel.machine.MachineConfig;

/**
 * The machine of a litmus test.
 *
 * @param nodes NUMA nodes, all alike
 * @param cpusPerNode CPUs of a node; node 0 has the first of them
 * @param bytes memory of a node
 * @param cmaBytes how much of it is CMA
 * @param movableBytes how much of it is ZONE_MOVABLE
 */
public record MachineShape(int nodes, int cpusPerNode, long bytes, long cmaBytes, long movableBytes) {
  /** CPUs of all nodes. */
  public int cpus() {
    return nodes * cpusPerNode;
  }

  /** @throws IllegalArgumentException if there cannot be such a machine; the message says why */
  MachineConfig config() {
    return MachineConfig.uniform(nodes, cpusPerNode, bytes, cmaBytes, movableBytes);
  }
}
