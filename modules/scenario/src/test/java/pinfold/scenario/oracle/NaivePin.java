package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.List;

/** Long-term pins through io_uring: pin_user_pages_fast with FOLL_WRITE and FOLL_LONGTERM (mm/gup.c, io_uring/rsrc.c). */
final class NaivePin {

  static final int ENOMEM = -12;
  static final int EFAULT = -14;

  /** GUP_PIN_COUNTING_BIAS. */
  private static final int BIAS = 1024;
  /** More attempts than any script needs; a pin that passes it would go round for ever. */
  private static final int LIVELOCK = 1000;

  private final NaiveKernel kernel;
  private final NaiveMemory memory;
  private final int cpu;
  private final NaiveMapping mapping;
  private final List<Integer> slots = new ArrayList<>();

  /** Pins the folios of [first, end). */
  NaivePin(NaiveKernel kernel, NaiveMemory memory, int cpu, NaiveMapping mapping, int first, int end) {
    this.kernel = kernel;
    this.memory = memory;
    this.cpu = cpu;
    this.mapping = mapping;
    for (int slot = first; slot < end; slot++) {
      slots.add(slot);
    }
  }

  /** 0, or a negative errno with nothing pinned. */
  int pin() {
    List<NaivePage> fast = new ArrayList<>();
    while (fast.size() < slots.size() && isPinnable(mapping.pages[slots.get(fast.size())])) {
      NaivePage page = mapping.pages[slots.get(fast.size())];
      take(page);
      page.flags = page.flags.withReferenced(true);
      fast.add(page);
    }
    if (fast.size() == slots.size()) {
      return 0;
    }
    int rc = slow(slots.subList(fast.size(), slots.size()));
    if (rc != 0 && !fast.isEmpty()) {
      fast.forEach(this::release);
      return EFAULT;
    }
    return rc;
  }

  /** Releases a pin that succeeded. */
  void unpin() {
    slots.forEach(slot -> release(mapping.pages[slot]));
  }

  private static boolean isPinnable(NaivePage page) {
    return page != null && !page.movable;
  }

  private void take(NaivePage page) {
    page.refcount += page.isLarge() ? page.pages : BIAS;
    kernel.counters.add(NaiveCounter.FOLL_PIN_ACQUIRED, page.pages);
  }

  private void release(NaivePage page) {
    page.put(page.isLarge() ? page.pages : BIAS);
    kernel.counters.add(NaiveCounter.FOLL_PIN_RELEASED, page.pages);
  }

  /** __gup_longterm_locked. */
  private int slow(List<Integer> rest) {
    for (int attempt = 0; attempt < LIVELOCK; attempt++) {
      List<NaivePage> pinned = new ArrayList<>();
      for (int slot : rest) {
        memory.faultIn(cpu, mapping, slot, 1, false);
        NaivePage page = mapping.pages[slot];
        take(page);
        memory.gupTouch(cpu, page);
        pinned.add(page);
      }
      if (pinned.stream().noneMatch(page -> page.movable)) {
        return 0;
      }
      List<NaivePage> isolated = collect(pinned);
      if (isolated.isEmpty() && kernel.rules.emptyListIsSuccess()) {
        return 0;
      }
      pinned.forEach(this::release);
      List<NaivePage> failed = new NaiveMigration(kernel, cpu).migrate(isolated);
      for (NaivePage page : failed) {
        kernel.lruAdd(cpu, page);
        page.put(1);
      }
      if (!failed.isEmpty()) {
        return ENOMEM;
      }
    }
    throw new AssertionError("the pin made no progress in " + LIVELOCK + " attempts");
  }

  private List<NaivePage> collect(List<NaivePage> pinned) {
    List<NaivePage> isolated = new ArrayList<>();
    DrainBudget budget = new DrainBudget();
    for (NaivePage page : pinned) {
      if (!page.movable) {
        continue;
      }
      budget.drainFor(page);
      if (page.flags.lru()) {
        page.flags = page.flags.withLru(false);
        page.get();
        isolated.add(page);
      }
    }
    return isolated;
  }

  /** The drain rule of one collect call: each kind of drain at most once. */
  private final class DrainBudget {
    private boolean local = kernel.rules.drainRule.drainsLocalFirst();
    private boolean all = true;

    void drainFor(NaivePage page) {
      if (local && wantsDrain(page)) {
        local = false;
        kernel.drainLocal(cpu);
      }
      if (!local && all && wantsDrain(page)) {
        all = false;
        kernel.drainAll(cpu);
      }
    }

    private boolean wantsDrain(NaivePage page) {
      return switch (kernel.rules.drainRule) {
        case LRU_FLAG -> !page.flags.lru();
        case ALWAYS -> true;
        case LRU_OR_MLOCKED -> !page.flags.lru() || page.flags.mlocked();
        case REFCOUNT_PLUS_ONE_ALL_AT_ONCE -> page.refcount != page.expectedReferences() + 1;
        case REFCOUNT_PLUS_ONE -> !page.isLarge() && page.refcount != page.expectedReferences() + 1;
        case REFCOUNT_PLUS_PIN -> !page.isLarge() && page.refcount != page.expectedReferences() + BIAS;
      };
    }
  }
}
