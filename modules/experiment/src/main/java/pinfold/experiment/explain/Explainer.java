package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import pinfold.experiment.compare.FailureStory;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.explain.Rerun.Seen;
import pinfold.experiment.explain.Story.Section;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.VmPhase;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.trace.TraceRequest;
import pinfold.scenario.ConfigError;
import pinfold.scenario.Nearest;
import pinfold.scenario.VmConfig;

/** Explains a folio, a pin or the start of a VM by repeating a run with a filter for each question. */
public final class Explainer {
  private static final VmPhase[] PHASES = VmPhase.values();

  private final Rerun rerun;

  public Explainer(Rerun rerun) {
    this.rerun = rerun;
  }

  /**
   * The explanation.
   *
   * @throws ConfigError if the run has no such folio, pin or VM
   * @throws Rerun.Interrupted if somebody asked for the end
   */
  public Story explain(Subject subject) {
    return switch (subject) {
      case Subject.Pfn pfn -> folio(pfn.number());
      case Subject.Pin pin -> pin(pin.number());
      case Subject.Vm vm -> vm(vm.name());
    };
  }

  private String title(String what) {
    return "%s, %s, seed %d: %s".formatted(rerun.scenario().name(), rerun.variant().name(), rerun.seed(), what);
  }

  private Story folio(long pfn) {
    List<ZoneConfig> zones = rerun.scenario().machine().zones();
    if (zones.stream().noneMatch(zone -> pfn >= zone.startPfn() && pfn < zone.span().endPfn())) {
      throw new ConfigError("--pfn", 0, "pfn", "0x" + Long.toHexString(pfn), "the machine has no such page; its zones are "
          + String.join(", ", zones.stream().map(zone -> "0x%x to 0x%x".formatted(zone.startPfn(), zone.span().endPfn() - 1)).toList()));
    }
    FolioBiography biography = FolioBiography.of(rerun, (int) pfn, -1, Long.MAX_VALUE);
    return new Story(title("page frame 0x" + Long.toHexString(pfn)), List.of(section("Biography", biography)));
  }

  private static Section section(String heading, FolioBiography biography) {
    return new Section(heading, biography.sentences(), biography.steps());
  }

  private Story pin(int number) {
    RunResult result = rerun.run("looking for the pin", TraceRequest.NOTHING, Long.MAX_VALUE).result();
    if (number < 1 || number > result.pinCalls().size()) {
      throw new ConfigError("--pin", 0, "pin", Integer.toString(number), result.pinCalls().isEmpty() ? "the run pins nothing long-term"
          : "the run has " + result.pinCalls().size() + " calls that pin long-term, counted from 1 as the rows of pins.csv");
    }
    return new Story(title("pin " + number + " of " + result.pinCalls().size()), pin(number, result.pinCalls().get(number - 1)));
  }

  private List<Section> pin(int number, PinCall call) {
    PinCourse course = PinCourse.of(rerun, call);
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Pin " + number, sentences(call), course.steps()));
    if (call.blamedPfn() >= 0) {
      FolioBiography biography = FolioBiography.of(rerun, call.blamedPfn(), call.startNanos(), call.endNanos());
      sections.add(section("Biography of folio 0x" + Integer.toHexString(call.blamedPfn()) + " up to the end of the pin", biography));
    }
    return sections;
  }

  private List<String> sentences(PinCall call) {
    List<String> sentences = new ArrayList<>();
    if (call.outcome() < 0) {
      FailureStory.of(rerun.variant(), vmName(call.space()), rerun.seed(), call).lines().map(String::strip).forEach(sentences::add);
    } else {
      sentences.add("The pin of pages %d to %d of %s on CPU %d, from %.6f to %.6f s.".formatted(call.firstPage(),
          call.firstPage() + call.pages() - 1, vmName(call.space()), call.cpu(), call.startNanos() / 1e9, call.endNanos() / 1e9));
      if (call.leftUnpinnable() > 0) {
        sentences.add(call.leftUnpinnable() + " pages are pinned where they may not be, as none of them could be isolated "
            + "(empty-list-is-success = " + rerun.variant().emptyListIsSuccess() + ").");
      }
    }
    sentences.add("%d round%s; drains: %d of its own CPU, %d of an owner's, %d of all CPUs; %d pages moved, %d did not."
        .formatted(call.rounds(), call.rounds() == 1 ? "" : "s", call.localDrains(), call.ownerDrains(), call.allDrains(), call.migrated(),
            call.failed()));
    return sentences;
  }

  private String vmName(int space) {
    List<String> names = rerun.scenario().spaceNames();
    return space < names.size() ? names.get(space) : "address space " + space;
  }

  private Story vm(String name) {
    List<String> names = rerun.scenario().vms().stream().map(VmConfig::name).toList();
    int vm = names.indexOf(name);
    if (vm < 0) {
      throw new ConfigError("--vm", 0, "vm", name, "the scenario has no such VM" + Nearest.to(name, names)
          .map(near -> "; did you mean " + near + "?").orElse("") + (names.isEmpty() ? "" : " There are " + String.join(", ", names)));
    }
    Seen seen = rerun.run("tracing the VM's phases", TraceRequest.of(EnumSet.of(TraceEvent.VM_PHASE)), Long.MAX_VALUE);
    List<PinCall> all = seen.result().pinCalls();
    List<Integer> own = IntStream.range(0, all.size()).filter(i -> all.get(i).space() == vm).boxed().toList();
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Start of VM " + name, summary(own.stream().map(all::get).toList()), phases(seen, vm)));
    Optional<Integer> failed = own.stream().filter(i -> all.get(i).outcome() < 0).findFirst();
    failed.ifPresent(i -> sections.addAll(pin(i + 1, all.get(i))));
    return new Story(title("VM " + name), sections);
  }

  private static List<String> summary(List<PinCall> calls) {
    if (calls.isEmpty()) {
      return List.of("It made no call that pins long-term.");
    }
    long nanos = calls.stream().mapToLong(call -> call.endNanos() - call.startNanos()).sum();
    List<String> sentences = new ArrayList<>();
    sentences.add("Calls that pin long-term: %d, %.6f s in all, rounds at most: %d. Drains: %d of own CPUs, %d of owners', %d of all CPUs."
        .formatted(calls.size(), nanos / 1e9, calls.stream().mapToInt(PinCall::rounds).max().orElseThrow(),
            calls.stream().mapToInt(PinCall::localDrains).sum(), calls.stream().mapToInt(PinCall::ownerDrains).sum(),
            calls.stream().mapToInt(PinCall::allDrains).sum()));
    sentences.add("%d pages moved, %d did not; failed calls: %d.".formatted(calls.stream().mapToLong(PinCall::migrated).sum(),
        calls.stream().mapToLong(PinCall::failed).sum(), calls.stream().filter(call -> call.outcome() < 0).count()));
    return sentences;
  }

  private static List<Step> phases(Seen seen, int vm) {
    List<Step> steps = new ArrayList<>();
    for (Traced traced : seen.records()) {
      TraceRecord record = traced.record();
      if (TraceRecord.high(record.a()) == vm) {
        Lane cpu = Lane.cpu(record.cpu());
        steps.add(new Step(record.nanos(), cpu, cpu, traced.task(), phase(PHASES[TraceRecord.low(record.a())], seen.result(), vm), ""));
      }
    }
    return steps;
  }

  private static String phase(VmPhase phase, RunResult result, int vm) {
    return switch (phase) {
      case BEGINS -> "begins; locks its memory if it was told to";
      case PREALLOCATES -> "has its memory preallocated";
      case WAITS -> "memory is there; waits before it pins if it was told to";
      case PINS -> "pins its memory";
      case CLEANS_UP -> "is done pinning; after an error it exits and its memory is freed";
      case ENDS -> result.vms().get(vm).started() ? "has started" : "has failed with " + Errno.text(result.vms().get(vm).result());
    };
  }
}
