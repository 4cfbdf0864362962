package pinfold.kernel.cpu;

/** The error numbers that the modelled system calls return (include/uapi/asm-generic/errno-base.h). */
public final class Errno {
  public static final int ENOMEM = 12;
  public static final int EFAULT = 14;
  public static final int EINVAL = 22;
  /** Ours: a long-term pin went round a thousand times without getting anywhere. */
  public static final int LIVELOCK = 1000;

  private Errno() {}

  /** As in {@code -12 (ENOMEM)}; 0 is {@code ok}. */
  public static String text(long result) {
    return switch ((int) -result) {
      case ENOMEM -> "-12 (ENOMEM)";
      case EFAULT -> "-14 (EFAULT)";
      case EINVAL -> "-22 (EINVAL)";
      case LIVELOCK -> "livelock";
      default -> result >= 0 ? "ok" : Long.toString(result);
    };
  }
}
