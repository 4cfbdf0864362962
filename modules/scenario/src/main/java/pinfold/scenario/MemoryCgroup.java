package pinfold.scenario;

/**
 * A memory cgroup.
 *
 * @param name unique in its scenario; a path, as in {@code build/jobs}
 * @param maxPages memory.max
 * @param parent number of the cgroup that it is below, the first of which is 1; 0 = the root
 */
public record MemoryCgroup(String name, long maxPages, int parent) {}
