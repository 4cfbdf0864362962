package pinfold.experiment.explain;

import java.util.Optional;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.VmResult;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.check.InvariantViolation;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.folio.BatchKind;
import pinfold.scenario.ScenarioConfig;

/** What counts as a failure of a run, and in which way it failed: two runs fail in the same way if their words are the same. */
public enum Failure {
  /** A VM does not start; the way is its error and the batch that is to blame. */
  VM,
  /** The scenario's own success is missing. */
  SUCCESS,
  /** An invariant is broken, or a pin drains otherwise than its rule calls for; needs checks. */
  CHECK;

  /** The way in which a run failed, empty if it did not. */
  String way(ScenarioConfig scenario, RunResult run) {
    return switch (this) {
      case VM -> run.vms().stream().filter(vm -> vm.ended() && !vm.started()).findFirst().map(Failure::way).orElse("");
      case SUCCESS -> success(scenario, run);
      case CHECK -> run.findings().isEmpty() ? "" : "a pin drains otherwise than its rule calls for";
    };
  }

  /** The way in which a run ended that threw, empty if that is not what is looked for. */
  String way(RuntimeException problem) {
    for (Throwable cause = problem; this == CHECK && cause != null; cause = cause.getCause()) {
      if (cause instanceof InvariantViolation violation) {
        return violation.invariant() + " violated";
      }
    }
    return "";
  }

  private static String success(ScenarioConfig scenario, RunResult run) {
    return switch (scenario.success()) {
      case VM_STARTED -> run.vms().stream().filter(vm -> !vm.started()).findFirst()
          .map(vm -> vm.ended() ? way(vm) : "a VM's start does not end").orElse("");
      case LOAD_FINISHED -> !run.oomKills().isEmpty() ? "the OOM killer strikes" : run.loadUnfinished() ? "a load does not end" : "";
      case TIME_IS_UP -> run.oomKills().isEmpty() ? "" : "the OOM killer strikes";
    };
  }

  private static String way(VmResult vm) {
    return way(vm.result(), vm.failure());
  }

  /** The way in which a start failed with this negative errno, in this call. */
  static String way(long result, Optional<PinCall> failed) {
    String batch = failed.filter(call -> call.blamedKind() >= 0)
        .map(call -> ", held by a batch " + BatchKind.of(call.blamedKind()).kernelName()).orElse("");
    return "a VM fails with " + Errno.name(result) + batch;
  }
}
