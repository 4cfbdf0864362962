package pinfold.cluster.member;

import java.util.List;
import java.util.function.Supplier;
import pinfold.engine.EventBatch;
import pinfold.kernel.Machine;

/**
 * A machine that is ready to run.
 *
 * @param machine with its tasks
 * @param firstEvents what starts the tasks
 * @param nearNanos length of a window: the shortest link within a group
 * @param farNanos length of a round: the shortest link between groups
 * @param endNanos end of the run
 * @param sampleNanos interval of the series
 * @param work says what is done by those entities of the machine that run here; asked while nothing runs
 */
public record PreparedRun(Machine machine, List<EventBatch> firstEvents, long nearNanos, long farNanos, long endNanos, long sampleNanos,
    Supplier<Work> work) {}
