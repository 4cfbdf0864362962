package pinfold.cli.backend;

/** Name what can be run. */
public record ListRequest(Kind kind, boolean json) {
  /** What to list. */
  public enum Kind { VARIANTS, SCENARIOS, EXPERIMENTS, SETTINGS, EXPERIMENT_SETTINGS, MEASURES, COSTS }
}
