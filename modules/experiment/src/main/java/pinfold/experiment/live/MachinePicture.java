package pinfold.experiment.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.node.MemoryNode;
import pinfold.kernel.zone.BuddyZone;

/**
 * What a machine's batches and zones held at an instant. It shares nothing with the machine, so that any thread may read it.
 *
 * @param nowNanos simulated time
 * @param batchCapacity slots of each batch
 * @param cpus by number
 * @param zones by number
 */
record MachinePicture(long nowNanos, int batchCapacity, List<CpuPicture> cpus, List<ZonePicture> zones) {
  private static final int LISTS = 5;

  /**
   * The batches of a CPU.
   *
   * @param lent whether a memory node has them for a burst; then these are as they were lent
   * @param folios in each, by {@link BatchKind}
   */
  record CpuPicture(boolean lent, List<Integer> folios) {}

  /**
   * A zone.
   *
   * @param freePages of all kinds
   * @param lists pages on the LRU lists of all memory cgroups, by enum lru_list
   */
  record ZonePicture(String name, long managedPages, long freePages, long cmaPages, long freeCmaPages, List<Long> lists) {}

  /** Reads a machine; only while no window runs. */
  static MachinePicture of(Machine machine, long nowNanos) {
    List<CpuPicture> cpus = new ArrayList<>();
    for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
      int of = cpu;
      cpus.add(new CpuPicture(machine.cpu(cpu).isLent(),
          Arrays.stream(BatchKind.values()).map(kind -> machine.cpu(of).batches().count(kind)).toList()));
    }
    List<ZonePicture> zones = new ArrayList<>();
    for (int zone = 0; zone < machine.directory().zones().size(); zone++) {
      zones.add(zone(machine, zone));
    }
    return new MachinePicture(nowNanos, machine.spec().variant().batchCapacity(), List.copyOf(cpus), List.copyOf(zones));
  }

  private static ZonePicture zone(Machine machine, int zone) {
    int number = machine.directory().nodeOfZone(zone);
    MemoryNode node = machine.node(number);
    List<Long> lists = new ArrayList<>();
    for (int list = 0; list < LISTS; list++) {
      long pages = 0;
      for (int lruvec = 0; lruvec < node.lruvecs(); lruvec++) {
        pages += node.listPages(lruvec, list, zone);
      }
      lists.add(pages);
    }
    BuddyZone buddy = machine.zone(zone).buddy();
    long cma = machine.directory().zones().get(zone).cmaAreas().stream().mapToLong(area -> area.pages()).sum();
    return new ZonePicture("node " + number + " " + machine.directory().zones().get(zone).type(), buddy.managedPages(), buddy.freePages(),
        cma, buddy.freeCmaPages(), List.copyOf(lists));
  }
}
