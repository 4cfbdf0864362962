package pinfold.scenario;

import java.util.List;
import pinfold.kernel.machine.MachineConfig;

/**
 * A machine with the memory that is in use on it, as a machine file says it.
 *
 * @param machine nodes, zones, distances
 * @param inUse by global zone index
 * @param mglru whether the multi-generational LRU is on
 */
public record HostMachine(MachineConfig machine, List<ZoneUse> inUse, boolean mglru) {
  public HostMachine {
    inUse = List.copyOf(inUse);
  }
}
