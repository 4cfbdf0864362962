package pinfold.kernel.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * What a memory node did to its folios, in order: for checks, which learn from it what to look at, and tell a folio's history
 * when something is wrong with it. A node keeps one only when asked to.
 *
 * <p>Written by the node in its windows, read between windows. Old records are forgotten once they were read.
 */
public final class FolioLog {
  /** Records that are kept for histories after they were read. */
  private static final int KEPT = 1 << 19;

  private static final int CPU_SHIFT = 30;
  private static final int ARGUMENT_SHIFT = 44;
  private static final int STEP_SHIFT = 56;
  /** Argument of a decision: about a large folio. */
  private static final int LARGE = 1 << 4;
  private static final FolioStep[] STEPS = FolioStep.values();
  private static final BurstOp[] OPS = BurstOp.values();
  private static final Action[] ACTIONS = Action.values();
  private static final Progress[] PROGRESSES = Progress.values();

  private long[] times = new long[1 << 12];
  private long[] words = new long[1 << 12];
  private int count;
  /** Number of the record at index 0 since the beginning. */
  private long firstNumber;

  /** @param argument below 4096 */
  void add(long nowNanos, int cpu, FolioStep step, int argument, int pfn) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
      words = Arrays.copyOf(words, 2 * count);
    }
    times[count] = nowNanos;
    words[count] = (long) step.ordinal() << STEP_SHIFT | (long) argument << ARGUMENT_SHIFT | (long) cpu << CPU_SHIFT | pfn;
    count++;
  }

  void decided(long nowNanos, int cpu, int pfn, boolean large, Progress before, Action action) {
    add(nowNanos, cpu, FolioStep.DECIDED, (large ? LARGE : 0) | before.ordinal() << 2 | action.ordinal(), pfn);
  }

  /** Records since the beginning, those forgotten included. */
  public long end() {
    return firstNumber + count;
  }

  /** When it happened, ns; {@code number} from 0 since the beginning. */
  public long timeNanos(long number) {
    return times[index(number)];
  }

  public int pfn(long number) {
    return (int) words[index(number)] & (1 << CPU_SHIFT) - 1;
  }

  /** The CPU on whose behalf it was done. */
  public int cpu(long number) {
    return (int) (words[index(number)] >>> CPU_SHIFT) & (1 << ARGUMENT_SHIFT - CPU_SHIFT) - 1;
  }

  public FolioStep step(long number) {
    return STEPS[(int) (words[index(number)] >>> STEP_SHIFT)];
  }

  /** See {@link FolioStep}. */
  public int argument(long number) {
    return (int) (words[index(number)] >>> ARGUMENT_SHIFT) & (1 << STEP_SHIFT - ARGUMENT_SHIFT) - 1;
  }

  /** The operation of an {@link FolioStep#OPERATION}. */
  public BurstOp operation(long number) {
    return OPS[argument(number)];
  }

  /** What the rule said when {@link FolioStep#DECIDED}. */
  public Action action(long number) {
    return ACTIONS[argument(number) & 3];
  }

  /** What the call had drained before that. */
  public Progress progress(long number) {
    return PROGRESSES[argument(number) >>> 2 & 3];
  }

  /** Whether the folio was a large one when {@link FolioStep#DECIDED}; it may be gone by the time this is read. */
  public boolean large(long number) {
    return (argument(number) & LARGE) != 0;
  }

  private int index(long number) {
    return (int) (number - firstNumber);
  }

  /** Everything was read: what is not needed for histories may go. */
  public void read() {
    if (count > 2 * KEPT) {
      System.arraycopy(times, count - KEPT, times, 0, KEPT);
      System.arraycopy(words, count - KEPT, words, 0, KEPT);
      firstNumber += count - KEPT;
      count = KEPT;
    }
  }

  /** The last {@code most} things that happened to a folio, oldest first, a line each. */
  public List<String> history(int pfn, int most) {
    List<String> lines = new ArrayList<>();
    for (long number = end() - 1; number >= firstNumber && lines.size() < most; number--) {
      if (pfn(number) == pfn) {
        lines.add(timeNanos(number) + " ns, CPU " + cpu(number) + ": " + text(number));
      }
    }
    return lines.reversed();
  }

  private String text(long number) {
    return switch (step(number)) {
      case OPERATION -> operation(number).name();
      case PINNED -> "pinned";
      case UNPINNED -> "unpinned";
      case QUEUED -> "queued in " + BatchKind.of(argument(number) >>> 2).kernelName();
      case FLUSHED -> "flushed from " + BatchKind.of(argument(number) >>> 2).kernelName();
      case TAKEN -> "PG_lru cleared by a flush that waits for lru_lock";
      case ISOLATED -> "isolated";
      case ISOLATION_ENDED -> "no longer isolated";
      case BORN_BY_MIGRATION -> "destination of a migration";
      case DECIDED -> "the drain rule said " + action(number) + " after " + progress(number);
      case FREED -> "freed";
    };
  }
}
