package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.PageSize;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VmConfig;

/**
 * Recomputes, call by call, which drains of all CPUs a variant's rule calls for (evidence 1.8), from two counts taken before
 * anything was collected: the small pages of the call that lie where the machine file says they may not be pinned, and how many
 * of them the pinning CPU's own batches held. A page in another CPU's batch is not seen from there; such calls are told apart.
 * Calls on memory that several devices pin are passed over: what was counted first another's drain may have changed.
 */
final class PinCheck {
  private static final int MOST = 20;

  private PinCheck() {}

  /** What differs, a line each, the first few; empty when every call is as expected or the rule is one that is not known here. */
  static List<String> findings(KernelVariant variant, ScenarioConfig scenario, List<PinCall> calls) {
    List<String> findings = new ArrayList<>();
    for (PinCall call : calls) {
      if (call.space() >= scenario.vms().size()) {
        continue;
      }
      int owner = call.space();
      VmConfig vm = scenario.vms().get(owner);
      boolean shared = scenario.vms().stream().anyMatch(other -> other.memoryOf() == owner);
      if (!shared && vm.pageSize() == PageSize.SMALL_4K && findings.size() < MOST) {
        finding(variant, call).ifPresent(text -> findings.add("VM " + vm.name() + ", pages " + call.firstPage() + " to "
            + (call.firstPage() + call.pages() - 1) + ": " + text));
      }
    }
    return findings;
  }

  private static Optional<String> finding(KernelVariant variant, PinCall call) {
    boolean drained = call.allDrains() > 0;
    DrainRule rule = variant.drainRule();
    if (rule instanceof DrainRules.Always || rule instanceof DrainRules.Refcount refcount && !refcount.pinBias()) {
      return expect(call.unpinnable() > 0, drained, call, "every call with an unpinnable small page drains all CPUs");
    }
    if (rule instanceof DrainRules.LruFlag && variant.clearLruAtQueue()) {
      return call.heldHere() > 0 ? expect(true, drained, call,
              "a page of the call was in this CPU's batch at the end of the walk")
          : Optional.empty();
    }
    if (rule instanceof DrainRules.Refcount || rule instanceof DrainRules.OwnerHint) {
      return call.heldHere() > 0 ? expect(1, call.localDrains(), "this CPU's batches held a page of the call")
          : call.unpinnable() == 0 ? expect(false, drained, call, "nothing in the call is unpinnable") : Optional.empty();
    }
    return Optional.empty();
  }

  private static Optional<String> expect(boolean expected, boolean drained, PinCall call, String why) {
    return expected == drained ? Optional.empty() : Optional.of("expected " + (expected ? "a drain" : "no drain")
        + " of all CPUs (" + why + "; " + call.unpinnable() + " unpinnable, " + call.heldHere() + " held here), saw "
        + call.allDrains());
  }

  private static Optional<String> expect(int expected, int localDrains, String why) {
    return localDrains >= expected ? Optional.empty() : Optional.of("expected a drain of this CPU (" + why + "), saw none");
  }
}
