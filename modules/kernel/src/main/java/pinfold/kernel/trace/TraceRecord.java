package pinfold.kernel.trace;

/**
 * One traced event.
 *
 * @param task number of the task on its CPU, 0 for the CPU's kworker, {@link TraceBuffer#UNKNOWN_TASK} if nobody said
 * @param pfn page frame, 0 where the event has none
 * @param a first argument, as {@link TraceEvent} says
 */
public record TraceRecord(long nanos, int cpu, int task, TraceEvent event, int pfn, long a, long b, long c) {
  /** The upper int of an argument. */
  public static int high(long argument) {
    return (int) (argument >>> 32);
  }

  /** The lower int of an argument. */
  public static int low(long argument) {
    return (int) argument;
  }
}
