package pinfold.experiment.compare;

/** A task of a simulated kernel went round without end, which is an answer, and one that scripts want to know. */
public final class LivelockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LivelockException(RunResult run, VmResult vm) {
    super("livelock: in %s, seed %d, VM %s never gets its pin".formatted(run.variant(), run.seed(), vm.name()));
  }
}
