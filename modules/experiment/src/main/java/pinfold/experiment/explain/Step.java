package pinfold.experiment.explain;

/**
 * One thing that happened.
 *
 * @param nanos simulated time
 * @param from who did it
 * @param to whom it was done to, or where it is kept; the same where somebody did it by himself
 * @param task who that was on the CPU, empty if nobody said
 * @param what in words
 * @param rule the switch of the variant that decided, and what it says; empty where no variant differs
 */
public record Step(long nanos, Lane from, Lane to, String task, String what, String rule) {}
