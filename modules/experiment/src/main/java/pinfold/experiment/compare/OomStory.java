package pinfold.experiment.compare;

import java.util.List;
import java.util.stream.Collectors;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.scenario.MemoryCgroup;

/** Tells in a few sentences why a memory cgroup or the machine ran out of memory: what it had, what reclaim did, what stood in its way. */
final class OomStory {
  private static final int PAGES_PER_MIB = 256;
  private static final int MOST_CPUS = 12;

  private OomStory() {}

  /** The story of the first OOM kill of a run. */
  static String of(RunResult run, List<MemoryCgroup> cgroups) {
    OomKill kill = run.oomKills().getFirst();
    boolean ofMachine = kill.memcg() == 0;
    MemoryCgroup cgroup = ofMachine ? null : cgroups.get(kill.memcg() - 1);
    StringBuilder story = new StringBuilder();
    story.append("%s, seed %d: OOM kill %s at %.6f s, of the task on CPU %d that asked for a page.%n".formatted(run.variant(), run.seed(),
        ofMachine ? "as the machine had no page" : "in memory cgroup " + cgroup.name(), kill.atNanos() / 1e9, kill.cpu()));
    story.append("  %s%d MiB of swap were in use. Reclaim had looked at %d pages in all and freed %d.%n".formatted(
        ofMachine ? "" : "memory.max is " + cgroup.maxPages() / PAGES_PER_MIB + " MiB; ",
        run.counters().get(VmCounter.NR_SWAP_SLOTS) / PAGES_PER_MIB,
        run.counters().get(VmCounter.PGSCAN_DIRECT) + run.counters().get(VmCounter.PGSCAN_KSWAPD),
        run.counters().get(VmCounter.PGSTEAL_DIRECT) + run.counters().get(VmCounter.PGSTEAL_KSWAPD)));
    if (kill.generations() == 0) {
      return story.toString();
    }
    story.append("  The oldest of %d generations held %d folios; %d of them had PG_lru clear, so no scan could take them.%n"
        .formatted(kill.generations(), kill.oldestFolios(), kill.clearFolios()));
    if (!kill.holders().isEmpty()) {
      story.append("  They sat in these batches: ").append(holders(kill)).append(".\n");
    }
    return story.toString();
  }

  /** Sums by kind, with the CPUs that had most first. */
  private static String holders(OomKill kill) {
    StringBuilder text = new StringBuilder();
    for (BatchKind kind : BatchKind.values()) {
      List<Long> of = kill.holders().stream().filter(word -> (word >>> 32 & 7) == kind.ordinal())
          .sorted((a, b) -> a.intValue() == b.intValue() ? Long.compare(a, b) : Integer.compare(b.intValue(), a.intValue())).toList();
      if (of.isEmpty()) {
        continue;
      }
      String cpus = of.stream().limit(MOST_CPUS).map(word -> "CPU %d: %d".formatted(word >>> 35, word.intValue()))
          .collect(Collectors.joining(", "));
      text.append(text.isEmpty() ? "" : "; ").append("%s %d of %d CPUs (%s%s)".formatted(kind.kernelName(),
          of.stream().mapToLong(Long::intValue).sum(), of.size(), cpus, of.size() > MOST_CPUS ? ", ..." : ""));
    }
    return text.toString();
  }
}
