package pinfold.cluster.round;

import java.util.List;
import pinfold.engine.EventBatch;

/**
 * What one member tells another before a round.
 *
 * @param from number of the member that says it
 * @param round number of the round that follows, from 0
 * @param nextNanos when its entities, or those that it just wrote to, have something to do next; {@link Long#MAX_VALUE}: never
 * @param silentUntilNanos before this its entities, and those that it just wrote to, send nothing
 * @param stopAtNanos earliest end of the run that one of its entities asked for, {@link Long#MAX_VALUE} for none
 * @param requests bits of what it asks all members to do before the round, see {@link RoundListener#atRequest}
 * @param batches what its entities sent to those of the receiver, in order
 */
public record RoundMessage(int from, long round, long nextNanos, long silentUntilNanos, long stopAtNanos, int requests,
    List<EventBatch> batches) {}
