package pinfold.cluster.member;

/**
 * What a part of a run on this member is doing, for status and metrics.
 *
 * @param groups how many groups it has
 * @param windows windows within its rounds
 * @param events events that its entities handled in this epoch
 * @param waitedShare share of the wall time since it went that it waited for other parts
 * @param savedBytes bytes of checkpoints it wrote
 * @param savingNanos wall time that took
 */
public record PartStatus(String run, int epoch, int part, int parts, int groups, long nowNanos, long rounds, long windows, long events,
    double roundsPerSecond, double waitedShare, long savedBytes, long savingNanos) {}
