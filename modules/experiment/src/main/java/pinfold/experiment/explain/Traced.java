package pinfold.experiment.explain;

import pinfold.kernel.trace.TraceRecord;

/**
 * A record of a trace, readable when its machine is gone.
 *
 * @param task name of the task, empty where the record knows none
 */
record Traced(TraceRecord record, String task) {}
