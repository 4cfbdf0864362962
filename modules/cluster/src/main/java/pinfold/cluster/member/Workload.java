package pinfold.cluster.member;

/** Builds machines from what was submitted; the cluster itself does not know what a scenario is. */
public interface Workload {
  /**
   * Builds the machine of a run, with its tasks, in the state in which the run begins. All members build the same.
   *
   * @throws RuntimeException if the run cannot be built; its message is for the person who submitted it
   */
  PreparedRun prepare(RunSpec spec);

  /**
   * How many NUMA nodes the run's machine has; also tells whether the run can be read at all.
   *
   * @throws RuntimeException as {@link #prepare}
   */
  int nodes(RunSpec spec);
}
