package pinfold.scenario.litmus;

import java.util.function.Supplier;
import pinfold.kernel.cpu.BusyLoop;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;

/** What a task can do without naming a folio. */
public enum PlainVerb {
  DRAIN("drain", Programs::drainLocal),
  DRAIN_ALL("drain-all", Programs::drainAll),
  DRAIN_PAGES("drain-pages", Programs::drainAllPages),
  LRU_CACHE_DISABLE("lru-cache-disable", Programs::lruCacheDisable),
  LRU_CACHE_ENABLE("lru-cache-enable", Programs::lruCacheEnable),
  BUSY_LOOP("busy-loop", () -> new BusyLoop(true));

  private final String word;
  private final Supplier<TaskProgram> program;

  PlainVerb(String word, Supplier<TaskProgram> program) {
    this.word = word;
    this.program = program;
  }

  /** As files write it. */
  public String word() {
    return word;
  }

  TaskProgram program() {
    return program.get();
  }
}
