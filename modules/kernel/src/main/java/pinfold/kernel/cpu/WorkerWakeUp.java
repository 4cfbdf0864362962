package pinfold.kernel.cpu;

/**
 * When a woken kworker gets a CPU that tasks of the fair class are using. It is itself one of them, at nice 0, and which of the two
 * a kernel does depends on how much each has run before; a machine has one of them for all of its workers.
 */
public enum WorkerWakeUp {
  /**
   * As soon as the running task is in user mode or comes to a point where it may lose the CPU. A worker that sleeps most of the
   * time is behind the others in virtual time: up to v6.5 CFS places it half a latency period before them (place_entity(),
   * GENTLE_FAIR_SLEEPERS), and since v6.6 EEVDF keeps the lag that it went to sleep with (PLACE_LAG), which items of some
   * microseconds hardly use up.
   */
  PREEMPTS,

  /**
   * Behind all fair tasks that wait, each of which may use up its slice. So it is under EEVDF for a worker without lag: one with
   * the same slice does not break into another's (RUN_TO_PARITY, pick_eevdf(), v6.6 to v6.12), and its deadline is later than
   * those of tasks that wait already. So it is, too, where the worker has other items before this one.
   */
  TAKES_TURN
}
