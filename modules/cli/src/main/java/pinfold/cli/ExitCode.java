package pinfold.cli;

/** What the command ends with; scripts rely on these. */
public final class ExitCode {
  public static final int OK = 0;
  /** The answer is no: a litmus test or a recorded line missed. */
  public static final int NO = 1;
  /** The question was wrong: an option, a file, a setting, or more memory than there is. */
  public static final int BAD_INPUT = 2;
  /** A task of the simulated kernel went round without end, where a real one hangs. */
  public static final int LIVELOCK = 3;
  /** Pinfold itself failed. The number is BSD's EX_SOFTWARE. */
  public static final int INTERNAL = 70;
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  public static final int CANCELLED = 130;

  private ExitCode() {}
}
