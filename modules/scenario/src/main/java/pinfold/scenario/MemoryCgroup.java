package pinfold.scenario;

/**
 * A memory cgroup.
 *
 * @param name unique in its scenario
 * @param maxPages memory.max
 */
public record MemoryCgroup(String name, long maxPages) {}
