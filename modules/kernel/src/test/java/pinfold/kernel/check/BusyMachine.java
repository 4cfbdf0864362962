package pinfold.kernel.check;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.cpu.Load;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.cpu.VmStart;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/** Two nodes, half of them in CMA, a task of every kind of load, and two VMs that start meanwhile. */
final class BusyMachine {
  static final KernelVariant A = variant("A", false, new DrainRules.LruFlag());
  static final KernelVariant B = variant("B", true, new DrainRules.LruFlag());
  static final KernelVariant C2 = variant("C2", false, new DrainRules.Refcount(true, true, true));

  private static final long MIB = 1L << 20;
  private static final int VM_PAGES = 1024;

  final Machine machine;
  final Host host;
  final MachineChecks checks;

  BusyMachine(KernelVariant variant, long seed, CheckLevel checks) {
    int node = 0;
    List<SpaceSpec> spaces = new ArrayList<>();
    spaces.add(new SpaceSpec(0, VM_PAGES, List.of(Vma.anonymous(0, VM_PAGES, false))));
    spaces.add(new SpaceSpec(1, VM_PAGES, List.of(Vma.shared(0, VM_PAGES, 0, 0))));
    spaces.add(new SpaceSpec(1, VM_PAGES, List.of(Vma.anonymous(0, VM_PAGES, true))));
    List<FileSpec> files = new ArrayList<>(List.of(new FileSpec(1, VM_PAGES)));
    List<TaskProgram> loads = new ArrayList<>();
    for (Load.Kind kind : Load.Kind.values()) {
      boolean file = kind.usesFile();
      boolean maps = kind == Load.Kind.FILE_MAP;
      loads.add(new Load(kind, seed, loads.size(), file ? -1 : spaces.size(), file || maps ? files.size() : -1, 200, 40, 20_000, 3_000,
          false));
      if (maps) {
        spaces.add(new SpaceSpec(node, 200, List.of(Vma.shared(0, 200, files.size(), 0))));
        files.add(new FileSpec(node, 200));
      } else if (file) {
        files.add(new FileSpec(node, 200));
      } else {
        spaces.add(new SpaceSpec(node, 200, List.of(Vma.anonymous(0, 200, false))));
      }
      node = 1 - node;
    }
    MachineConfig config = MachineConfig.uniform(2, 4, 128 * MIB, 64 * MIB, 0);
    machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), seed, spaces, files, false, 512, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    this.checks = MachineChecks.of(host, machine, checks);
    for (int i = 0; i < loads.size(); i++) {
      machine.start(host, i % 8, 0, loads.get(i));
    }
    startVm(0, 1, VmStart.Locking.NONE, VmStart.Assign.VFIO);
    startVm(1, 5, VmStart.Locking.ON_FAULT, VmStart.Assign.IO_URING);
    startVm(2, 6, VmStart.Locking.NONE, VmStart.Assign.VFIO);
  }

  private void startVm(int space, int cpu, VmStart.Locking locking, VmStart.Assign assign) {
    List<VmStart.Start> threads = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      int on = (cpu + 3 * half) % 8;
      threads.add(new VmStart.Start(on, machine.cpu(on).addProgram(
          VmStart.thread(space, half * VM_PAGES / 2, VM_PAGES / 2, VmStart.Prealloc.POPULATE)), 0));
    }
    machine.start(host, cpu, 50_000, new VmStart(space, space, VM_PAGES, true, locking, assign, 10_000, threads, List.of()));
  }

  private static KernelVariant variant(String name, boolean clearLruAtQueue, DrainRule rule) {
    return new KernelVariant(name, 31, 31, clearLruAtQueue, !clearLruAtQueue, !clearLruAtQueue, rule, false, false, true, false,
        false, MigratePasses.ASYNC3_SYNC7, MigrateDrain.MLOCKED, 2, true, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
  }
}
