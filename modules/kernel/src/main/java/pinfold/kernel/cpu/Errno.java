package pinfold.kernel.cpu;

/** The error numbers that the modelled system calls return (include/uapi/asm-generic/errno-base.h). */
public final class Errno {
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EINVAL = 22;
  /** Ours: the OOM killer took the task, as by SIGKILL. */
  public static final int KILLED = 1001;
  /** Ours: a long-term pin went round a thousand times over the same pages ({@link GupCircle}). */
  public static final int LIVELOCK = 1000;

  private Errno() {}

  /** As in {@code ENOMEM}; {@code ok} when the result is no error. */
  public static String name(long result) {
    return switch ((int) -result) {
      case EINTR -> "EINTR";
      case EAGAIN -> "EAGAIN";
      case ENOMEM -> "ENOMEM";
      case EFAULT -> "EFAULT";
      case EBUSY -> "EBUSY";
      case EINVAL -> "EINVAL";
      case LIVELOCK -> "livelock";
      case KILLED -> "killed";
      default -> result >= 0 ? "ok" : Long.toString(result);
    };
  }

  /** As in {@code -12 (ENOMEM)}; {@code ok} when the result is no error. */
  public static String text(long result) {
    return result >= 0 || result <= -LIVELOCK ? name(result) : result + " (" + name(result) + ")";
  }
}
