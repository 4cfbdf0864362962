package pinfold.experiment.report;

/** What a reader may take a result for, in the words of docs/scope.md. */
public final class Claims {
  /** Of times. */
  public static final String TIMES = "Times are simulated; of the cost model only the price of a pin and of lru_lock under contention are "
      + "fitted to measurements, so times are predictions.";

  /** Of everything else. */
  static final String COUNTS = "Counts and outcomes (what succeeds, drains, pages moved) follow from the kernel's rules. Where there are "
      + "recordings of real kernels they agree with them; what is written from the kernel's source alone, or assumed, docs/scope.md lists "
      + "mechanism by mechanism. So far as they depend on which of two things comes first on different CPUs, they rest on the predicted times too.";

  private Claims() {}
}
