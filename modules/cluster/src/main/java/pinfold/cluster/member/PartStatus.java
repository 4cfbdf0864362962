package pinfold.cluster.member;

import java.util.List;

/**
 * What a part of a run on this member is doing, for metrics. Counts and times are of this epoch.
 *
 * @param groups which groups it has
 * @param windows windows within its rounds
 * @param events events that its entities handled
 * @param sentBytes bytes of its rounds' messages to other members, as the wire format wrote them
 * @param sentMessages how many messages that were
 * @param askedAgain how often it asked a part for a round's message again
 * @param waitedNanos wall time since it went that it waited for other parts
 * @param busyNanos the rest of the wall time since it went
 * @param waitingNanos wall time that it has been waiting now, 0 if it is not
 * @param savedBytes bytes of checkpoints it wrote
 * @param savingNanos wall time that took
 */
public record PartStatus(String run, int epoch, int part, int parts, List<Integer> groups, long nowNanos, long rounds, long windows,
    long events, long sentBytes, long sentMessages, long askedAgain, long waitedNanos, long busyNanos, long waitingNanos, long savedBytes,
    long savingNanos) {}
