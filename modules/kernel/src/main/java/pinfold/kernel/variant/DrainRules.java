package pinfold.kernel.variant;

import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;

/** The drain rules that kernels had, were offered, or were wished for (kernel-model.md 3.6). */
public final class DrainRules {
  private DrainRules() {}

  /** Up to v6.16: drain all CPUs at the first folio whose PG_lru is clear, once per call. */
  public record LruFlag() implements DrainRule {
    @Override
    public Action decide(FolioView folio, Progress progress) {
      return progress == Progress.NONE && !folio.lru() ? Action.DRAIN_ALL : Action.ISOLATE;
    }

    @Override
    public String name() {
      return "LRU_FLAG";
    }

    @Override
    public String source() {
      return "mm/gup.c before 98c6d259319e";
    }
  }

  /** yangge's V1 of 4 Jun 2024: drain all CPUs at the first unpinnable folio, whatever its state, once per call. */
  public record Always() implements DrainRule {
    @Override
    public Action decide(FolioView folio, Progress progress) {
      return progress == Progress.NONE ? Action.DRAIN_ALL : Action.ISOLATE;
    }

    @Override
    public String name() {
      return "ALWAYS";
    }

    @Override
    public String source() {
      return "mail 1717498121-20926-1-git-send-email-yangge1116@126.com, never merged";
    }
  }

  /** Will Deacon's proposal of 15 Aug 2025: as {@link LruFlag}, and also for mlocked folios. */
  public record LruOrMlocked() implements DrainRule {
    @Override
    public Action decide(FolioView folio, Progress progress) {
      return progress == Progress.NONE && (!folio.lru() || folio.mlocked()) ? Action.DRAIN_ALL : Action.ISOLATE;
    }

    @Override
    public String name() {
      return "LRU_OR_MLOCKED";
    }

    @Override
    public String source() {
      return "mail 20250815101858.24352-1-will@kernel.org, never merged";
    }
  }

  /** Hugh Dickins' first idea of 15 Aug 2025, which Will found not to help: mlocked and not unevictable, local first. */
  public record MlockedNotUnevictable() implements DrainRule {
    @Override
    public Action decide(FolioView folio, Progress progress) {
      if (folio.lru() && !(folio.mlocked() && !folio.unevictable())) {
        return Action.ISOLATE;
      }
      return switch (progress) {
        case NONE -> Action.DRAIN_LOCAL;
        case LOCAL -> Action.DRAIN_ALL;
        case OWNER, ALL -> Action.ISOLATE;
      };
    }

    @Override
    public String name() {
      return "MLOCKED_NOT_UNEVICTABLE";
    }

    @Override
    public String source() {
      return "answer of 15 Aug 2025 to 20250815101858.24352-1-will@kernel.org, never merged";
    }
  }

  /**
   * Since 98c6d259319e: drain when somebody holds a reference that nobody can explain.
   *
   * @param localFirst try the pinning CPU's own batches before all others (a09a8a1fbb37)
   * @param pinBias count the pin as the 1024 that it adds to a small folio (2026) and not as 1
   * @param onlyIfMayBeCached pass over large folios, which no batch keeps (2da6de30e60d)
   */
  public record Refcount(boolean localFirst, boolean pinBias, boolean onlyIfMayBeCached) implements DrainRule {
    @Override
    public Action decide(FolioView folio, Progress progress) {
      if (onlyIfMayBeCached && folio.large() || !unexpected(folio, pinBias)) {
        return Action.ISOLATE;
      }
      return switch (progress) {
        case NONE -> localFirst ? Action.DRAIN_LOCAL : Action.DRAIN_ALL;
        case LOCAL -> Action.DRAIN_ALL;
        case OWNER, ALL -> Action.ISOLATE;
      };
    }

    @Override
    public String name() {
      return "REFCOUNT";
    }

    @Override
    public String source() {
      return "98c6d259319e, a09a8a1fbb37, 2da6de30e60d; pin bias: 2026 fix";
    }
  }

  /**
   * What Hugh Dickins and David Hildenbrand wished for in Aug 2025: the folio knows which CPU queued it last, so that
   * CPU alone is drained, and all only if references are still unexpected.
   */
  public record OwnerHint() implements DrainRule {
    @Override
    public Action decide(FolioView folio, Progress progress) {
      if (folio.large() || !unexpected(folio, true)) {
        return Action.ISOLATE;
      }
      return switch (progress) {
        case NONE -> Action.DRAIN_LOCAL;
        case LOCAL -> folio.lastQueuedOnCpu() >= 0 ? Action.DRAIN_OWNER : Action.DRAIN_ALL;
        case OWNER -> Action.DRAIN_ALL;
        case ALL -> Action.ISOLATE;
      };
    }

    @Override
    public String name() {
      return "OWNER_HINT";
    }

    @Override
    public String source() {
      return "no kernel; mails of 24 and 25 Aug 2025 in the thread of 20250815101858.24352-1-will@kernel.org";
    }
  }

  static boolean unexpected(FolioView folio, boolean pinBias) {
    int pin = folio.large() || !pinBias ? 1 : 1024;
    return folio.refcount() != folio.expectedRefcount() + pin;
  }
}
