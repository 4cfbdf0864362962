package pinfold.experiment.compare;

import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Distributions;

/**
 * What one run gave. All but {@code wallNanos} depends on scenario, variant and seed alone.
 *
 * @param outcome why the run ended
 * @param findings what the check of the pins found to differ from what the variant's rule calls for; empty when all is as
 * expected
 * @param stuck tasks that had not ended, each with its stack, when the run ended without all VMs
 */
public record RunResult(String variant, long seed, Host.Outcome outcome, long simulatedNanos, long windows, long wallNanos,
    long digest, Counters counters, Distributions distributions, List<VmResult> vms, List<PinCall> pinCalls, Series series,
    List<String> findings, List<String> stuck) {

  public RunResult {
    vms = List.copyOf(vms);
    pinCalls = List.copyOf(pinCalls);
    findings = List.copyOf(findings);
    stuck = List.copyOf(stuck);
  }

  public String digestText() {
    return "%016x".formatted(digest);
  }
}
