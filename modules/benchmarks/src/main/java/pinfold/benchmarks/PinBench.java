package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;

/** Long-term pins of a VM's memory by VFIO where half of it lies in CMA and has to be migrated first, in the kernel of 2026. */
final class PinBench implements Bench {
  private static final int HOSTS = BenchHost.values().length;

  @Override
  public String name() {
    return "pin";
  }

  @Override
  public List<Figure> run(Effort effort) {
    int rounds = effort.choose(3, 5);
    int pages = effort.choose(1 << 16, 1 << 18);
    int spaces = (rounds + 1) * HOSTS;
    long bytes = (long) spaces * pages * BenchMachine.PAGE_BYTES * 2;
    Machine machine = BenchMachine.oneNode(effort, bytes, bytes / 2, spaces, pages);
    Rounds machineRounds = new Rounds(machine, effort);
    effort.says("pins: populating");
    List<TaskProgram> populate = new ArrayList<>();
    for (int space = 0; space < spaces; space++) {
      populate.add(Programs.populate(space, 0, pages));
    }
    machineRounds.run(BenchHost.SEQUENTIAL, Programs.inTurn(populate));
    effort.says("pins: pinning");
    List<Figure> figures = new ArrayList<>(machineRounds.measure("pins", "M pages/s", null, rounds, pages,
        () -> {}, (round, host) -> Programs.vfioMap(round * HOSTS + host, 0, pages)));
    long migrated = machine.observer().pinCalls().stream().mapToLong(call -> call.migrated()).sum();
    figures.add(Figure.of("pins: share migrated", "", migrated / (double) ((long) spaces * pages), "", null));
    return figures;
  }
}
