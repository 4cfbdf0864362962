package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pinfold.experiment.compare.HostFactory;
import pinfold.kernel.Observer;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.zone.ZoneType;
import pinfold.scenario.PageSize;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VmConfig;
import pinfold.scenario.VmConfig.Assign;
import pinfold.scenario.VmConfig.Backing;
import pinfold.scenario.VmConfig.Prealloc;
import pinfold.scenario.litmus.Litmus;
import pinfold.scenario.litmus.LitmusParser;
import pinfold.scenario.litmus.LitmusRun;
import pinfold.scenario.litmus.RunOptions;

/**
 * A litmus test in which a pin fails as a VM of a scenario does: the fewest pages, made present as the VM's are or by plainer means, on the
 * CPU that pins or another one. What it proposes it runs; only what fails in the same way is an answer.
 */
public final class LitmusSketch {
  private static final int MOST_PAGES = 512;
  private static final String FILE = "the litmus test";

  /** What was seen at the end of a test's last step. */
  private static final class Seen {
    private long result;
    private String way = "";
  }

  private final ScenarioConfig scenario;
  private final KernelVariant variant;
  private final String way;
  private final RunOptions options;

  /** @param way in which it fails, as {@link Shrinker.Smallest#way} says it */
  public LitmusSketch(ScenarioConfig scenario, KernelVariant variant, String way, HostFactory hosts) {
    this.scenario = scenario;
    this.variant = variant;
    this.way = way;
    this.options = RunOptions.SEQUENTIAL.on(hosts::host);
  }

  /** The text of its file; empty if none of those that it knows fails so. */
  public Optional<String> find() {
    return scenario.vms().stream().filter(vm -> vm.assign() != Assign.NONE).findFirst().flatMap(this::find);
  }

  private Optional<String> find(VmConfig vm) {
    for (int folios = 1; folios <= (large(vm) ? 1 : MOST_PAGES); folios *= 2) {
      for (List<String> before : waysToBePresent(vm)) {
        List<String> steps = new ArrayList<>(before);
        steps.add("cpu 0: pin P by " + (vm.assign() == Assign.IO_URING ? "io_uring" : "vfio"));
        String test = text(vm, folios, steps);
        Seen seen = run(test);
        if (seen.way.equals(way)) {
          String whole = test + expecting(Errno.name(seen.result));
          return LitmusRun.run(parse(whole), variant, options).passed() ? Optional.of(whole) : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** The VM's own way first. */
  private static List<List<String>> waysToBePresent(VmConfig vm) {
    List<List<String>> ways = new ArrayList<>();
    if (vm.prealloc() == Prealloc.NONE) {
      ways.add(List.of());
    }
    for (String cpu : List.of("cpu 0: ", "cpu 1: ")) {
      if (vm.prealloc() == Prealloc.POPULATE) {
        ways.add(List.of(cpu + "populate P"));
      }
      ways.add(List.of(cpu + "write P"));
      ways.add(List.of("cpu 0: write P", "every cpu: drain", cpu + "mark-accessed P twice"));
    }
    return ways;
  }

  private String text(VmConfig vm, int folios, List<String> steps) {
    MachineConfig machine = scenario.machine();
    boolean movable = machine.zones().stream().anyMatch(zone -> zone.type() == ZoneType.MOVABLE);
    List<String> lines = new ArrayList<>();
    lines.add("litmus 1");
    lines.add("title  A pin fails as in " + scenario.name() + ": " + way);
    lines.add("");
    lines.add("machine 2 cpus, 64 MiB, 48 MiB " + (movable ? "movable" : "cma"));
    if (scenario.mglru()) {
      lines.add("node-reclaim");
      lines.add("lru mglru");
    }
    lines.add("variants " + variant.name());
    lines.add("pages P = " + (vm.backing() == Backing.MEMFD ? "memfd" : large(vm) ? "thp" : "anon") + " " + folios);
    lines.add("");
    lines.addAll(steps);
    return String.join("\n", lines) + "\n";
  }

  private static boolean large(VmConfig vm) {
    return vm.pageSize() == PageSize.HUGE_2M;
  }

  private static String expecting(String result) {
    return "expect all:\n  result = " + result + "\n";
  }

  /** Whatever it expects is a miss; what is seen counts. */
  private Seen run(String test) {
    Seen seen = new Seen();
    LitmusRun.run(parse(test + expecting("ok")), variant, new RunOptions(options.hosts(), options.seed(), options.maxWalkPages(),
        machine -> seen(machine.observer(), seen), options.checks()));
    return seen;
  }

  private static void seen(Observer observer, Seen seen) {
    seen.result = observer.taskEnds().getLast().result();
    Optional<PinCall> failed = observer.pinCalls().stream().filter(call -> call.outcome() < 0).findFirst();
    seen.way = seen.result < 0 ? Failure.way(seen.result, failed) : "";
  }

  private Litmus parse(String test) {
    return new LitmusParser(FILE, List.of(variant.name())).parse(test);
  }
}
