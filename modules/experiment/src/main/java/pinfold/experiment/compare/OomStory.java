package pinfold.experiment.compare;

import java.util.List;
import java.util.stream.Collectors;
import pinfold.kernel.Observer.Badness;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.scenario.MemoryCgroup;
import pinfold.scenario.ScenarioConfig;

/** Tells in a few sentences why a memory cgroup or the machine ran out of memory: what it had, what reclaim did, what stood in its way. */
final class OomStory {
  private static final int PAGES_PER_MIB = 256;
  private static final int MOST_CPUS = 12;

  private OomStory() {}

  /** The story of the first OOM kill of a run. */
  static String of(RunResult run, ScenarioConfig scenario) {
    OomKill kill = run.oomKills().getFirst();
    boolean ofMachine = kill.memcg() == 0;
    MemoryCgroup cgroup = ofMachine ? null : scenario.cgroups().get(kill.memcg() - 1);
    StringBuilder story = new StringBuilder();
    story.append("%s, seed %d: OOM kill %s at %.6f s, called by task %d on CPU %d.%n".formatted(run.variant(), run.seed(),
        ofMachine ? "as the machine had no page" : "in memory cgroup " + cgroup.name(), kill.atNanos() / 1e9, kill.task(), kill.cpu()));
    story.append(victim(kill, scenario.spaceNames()));
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

  /** Who was killed, and the largest of those among whom it was chosen, as in the kernel's dump of tasks. */
  private static String victim(OomKill kill, List<String> names) {
    String text = kill.victim() >= 0
        ? "  Killed %s: task %d on CPU %d.%n".formatted(names.get(kill.victim()), kill.victimTask(), kill.victimCpu())
        : "  There was no task that may be killed%s.%n".formatted(
            kill.panics() ? ", so the kernel panics: it is deadlocked on memory" : "");
    for (Badness task : kill.worst()) {
      text += "    %s: %d points, rss %d, swap %d, page tables %d pages, oom_score_adj %d%n".formatted(names.get(task.space()),
          task.points(), task.mappedPages(), task.swapEntries(), task.pageTables(), task.oomScoreAdj());
    }
    return text;
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
