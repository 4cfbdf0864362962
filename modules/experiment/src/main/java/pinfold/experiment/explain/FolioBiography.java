package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import pinfold.experiment.explain.Rerun.Seen;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.MigrateObstacle;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.trace.TraceRequest;

/**
 * What happened to a folio between its allocation and its end, and, where it was moved, to the folio that took its place. A run is
 * repeated with a trace of its page frame alone, and once more for every move, with the new page frame traced too.
 *
 * <p>A page frame has lives: each ends as it is freed.
 */
final class FolioBiography {
  /** Moves that are followed; each costs a repetition. */
  static final int MOST_MOVES = 8;

  private static final Set<TraceEvent> EVENTS = Collections.unmodifiableSet(EnumSet.copyOf(EnumSet.allOf(TraceEvent.class).stream()
      .filter(event -> event.ofPage() && event != TraceEvent.K_FOLIO_ADD_LRU && event != TraceEvent.K_FOLIO_MARK_ACCESSED).toList()));

  private final Seen seen;
  private final FolioWords words;
  private final List<Integer> pfns;
  private final boolean movedOn;
  private final List<Traced> kept;

  private FolioBiography(Seen seen, FolioWords words, List<Integer> pfns, boolean movedOn, List<Traced> kept) {
    this.seen = seen;
    this.words = words;
    this.pfns = List.copyOf(pfns);
    this.movedOn = movedOn;
    this.kept = kept;
  }

  /**
   * Of all lives of a page frame, or of one.
   *
   * @param atNanos the life that was then; negative for all
   * @param untilNanos what comes later is left out
   */
  static FolioBiography of(Rerun rerun, int pfn, long atNanos, long untilNanos) {
    List<Integer> pfns = new ArrayList<>(List.of(pfn));
    for (;;) {
      Seen seen = rerun.run(pfns.size() == 1 ? "tracing 0x" + Integer.toHexString(pfn) : "tracing where it was moved to",
          new TraceRequest(EVENTS, 0, untilNanos == Long.MAX_VALUE ? untilNanos : untilNanos + 1, pfns, TraceRequest.DEFAULT_MAX_RECORDS),
              untilNanos);
      List<Traced> kept = kept(seen.records(), pfn, atNanos);
      int next = kept.stream().map(Traced::record).filter(FolioBiography::moves).mapToInt(record -> (int) record.b())
          .filter(to -> !pfns.contains(to)).findFirst().orElse(0);
      if (next == 0 || pfns.size() > MOST_MOVES) {
        FolioWords words = new FolioWords(seen.directory(), new VariantRules(rerun.variant()), rerun.variant().batchCapacity());
        return new FolioBiography(seen, words, pfns, next != 0, kept);
      }
      pfns.add(next);
    }
  }

  private static boolean moves(TraceRecord record) {
    return record.event() == TraceEvent.MIGRATE_TRY && FolioWords.obstacle(record) == MigrateObstacle.NONE;
  }

  /** The lives that are asked for, and those that they go on as, in the order of time. */
  private static List<Traced> kept(List<Traced> all, int pfn, long atNanos) {
    List<Traced> kept = new ArrayList<>();
    List<List<Traced>> open = new ArrayList<>(lives(all, pfn).stream().filter(life -> atNanos < 0 || isAt(life, atNanos)).toList());
    while (!open.isEmpty()) {
      List<Traced> life = open.removeFirst();
      kept.addAll(life);
      for (Traced traced : life) {
        TraceRecord move = traced.record();
        if (moves(move)) {
          lives(all, (int) move.b()).stream().filter(next -> beginsWith(next, move) && !kept.containsAll(next)).forEach(open::add);
        }
      }
    }
    // In the order of the trace, which is that of time.
    Set<Traced> chosen = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    chosen.addAll(kept);
    return all.stream().filter(chosen::contains).toList();
  }

  private static List<List<Traced>> lives(List<Traced> all, int pfn) {
    List<List<Traced>> lives = new ArrayList<>();
    List<Traced> life = new ArrayList<>();
    for (Traced traced : all) {
      if (traced.record().pfn() == pfn) {
        life.add(traced);
        if (traced.record().event() == TraceEvent.MM_PAGE_FREE) {
          lives.add(life);
          life = new ArrayList<>();
        }
      }
    }
    if (!life.isEmpty()) {
      lives.add(life);
    }
    return lives;
  }

  private static boolean isAt(List<Traced> life, long nanos) {
    return life.getFirst().record().nanos() <= nanos && life.getLast().record().nanos() >= nanos;
  }

  private static boolean beginsWith(List<Traced> life, TraceRecord move) {
    return life.stream().map(Traced::record).anyMatch(record -> record.event() == TraceEvent.MIGRATE_DESTINATION && record.a() == move.pfn()
        && record.nanos() == move.nanos());
  }

  /** What must be said besides the timeline. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (kept.isEmpty()) {
      sentences.add("No folio was ever at this page frame.");
    }
    if (pfns.size() > 1) {
      sentences.add("It was moved, and the run was repeated " + (pfns.size() == 2 ? "once" : pfns.size() - 1 + " times")
          + " more to follow it: " + String.join(" -> ", pfns.stream().map(pfn -> "0x" + Integer.toHexString(pfn)).toList()) + ".");
    }
    if (movedOn) {
      sentences.add("It was moved more often than is followed, " + MOST_MOVES + " times.");
    }
    if (seen.lost() > 0) {
      sentences.add("The oldest %,d of its records were more than a trace keeps.".formatted(seen.lost()));
    }
    return sentences;
  }

  /** The page frames, in the order in which the folio had them. */
  List<Integer> pfns() {
    return pfns;
  }

  /** The records behind the timeline. */
  List<TraceRecord> records() {
    return kept.stream().map(Traced::record).toList();
  }

  /** The timeline. What one task did at one instant is one step. */
  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (int from = 0; from < kept.size(); ) {
      int to = from + 1;
      while (to < kept.size() && sameInstant(kept.get(from).record(), kept.get(to).record())) {
        to++;
      }
      add(steps, kept.subList(from, to));
      from = to;
    }
    return steps;
  }

  private static boolean sameInstant(TraceRecord a, TraceRecord b) {
    return a.nanos() == b.nanos() && a.cpu() == b.cpu() && a.task() == b.task() && a.pfn() == b.pfn();
  }

  private void add(List<Step> steps, List<Traced> instant) {
    TraceRecord first = instant.getFirst().record();
    Lane cpu = Lane.cpu(first.cpu());
    Lane to = cpu;
    String operation = "";
    List<String> whats = new ArrayList<>();
    List<String> rules = new ArrayList<>();
    for (Traced traced : instant) {
      TraceRecord record = traced.record();
      operation = FolioWords.operation(record).isEmpty() ? operation : FolioWords.operation(record) + ": ";
      String what = words.what(record);
      if (!what.isEmpty()) {
        whats.add(what);
        to = to.equals(cpu) ? words.to(record) : to;
      }
      String rule = words.rule(record);
      if (!rule.isEmpty() && !rules.contains(rule)) {
        rules.add(rule);
      }
    }
    if (!whats.isEmpty()) {
      String which = pfns.size() == 1 ? "" : "0x" + Integer.toHexString(first.pfn()) + " ";
      steps.add(new Step(first.nanos(), cpu, to, instant.getFirst().task(), which + operation + said(whats),
          String.join("; ", rules)));
    }
  }

  /** What happened several times over is said once. */
  private static String said(List<String> whats) {
    List<String> said = new ArrayList<>();
    for (int from = 0; from < whats.size(); ) {
      int to = from + 1;
      while (to < whats.size() && whats.get(to).equals(whats.get(from))) {
        to++;
      }
      said.add(to - from == 1 ? whats.get(from) : to - from + " times: " + whats.get(from));
      from = to;
    }
    return String.join("; ", said);
  }
}
