package pinfold.experiment.explain;

import static pinfold.kernel.trace.TraceRecord.high;
import static pinfold.kernel.trace.TraceRecord.low;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import pinfold.experiment.explain.Rerun.Seen;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.MigrateObstacle;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.DrainRule.Action;

/** The course of one call that pins long-term: its rounds, what it drained, what had to move, and who held what did not. */
final class PinCourse {
  private static final Set<TraceEvent> EVENTS = EnumSet.of(TraceEvent.K___GUP_LONGTERM_LOCKED, TraceEvent.GUP_ROUND,
      TraceEvent.GUP_DRAIN_RULE, TraceEvent.K_LRU_ADD_DRAIN, TraceEvent.K_LRU_ADD_DRAIN_ALL, TraceEvent.K_LRU_ADD_DRAIN_PER_CPU,
      TraceEvent.MM_MIGRATE_PAGES_START, TraceEvent.MM_MIGRATE_PAGES, TraceEvent.MIGRATE_TRY);
  /** Answers of the rule, and folios, that are told apart before the rest is counted. */
  private static final int MOST = 6;

  /** Answers of the rule that are alike. */
  private static final class Answers {
    final TraceRecord first;
    int count;

    Answers(TraceRecord first) {
      this.first = first;
    }
  }

  private final PinCall call;
  private final FolioWords words;
  private final VariantRules rules;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Answers> answers = new LinkedHashMap<>();
  /** By page frame: the last try to move it. */
  private final Map<Integer, TraceRecord> tries = new TreeMap<>();
  /** Who held what did not move in the end: folios by holder. */
  private final Map<String, List<Integer>> failed = new LinkedHashMap<>();
  private final Lane cpu;
  private String task = "";
  private int number = -1;
  private boolean migrating;
  private boolean drainingOthers;
  private int drainsAmidMigration;
  private int tryCount;

  private PinCourse(PinCall call, Seen seen, Rerun rerun) {
    this.call = call;
    this.rules = new VariantRules(rerun.variant());
    this.words = new FolioWords(seen.directory(), rules, rerun.variant().batchCapacity());
    this.cpu = Lane.cpu(call.cpu());
    seen.records().forEach(this::read);
    flushAnswers(call.endNanos());
    step(call.endNanos(), cpu, "ends: " + (call.outcome() < 0 ? Errno.text(call.outcome()) : "all pages pinned"), "");
  }

  /** Repeats the run for a call of it. */
  static PinCourse of(Rerun rerun, PinCall call) {
    Seen seen = rerun.run("tracing the pin", new TraceRequest(EVENTS, call.startNanos(), call.endNanos() + 1, List.of(),
        TraceRequest.DEFAULT_MAX_RECORDS), call.endNanos());
    return new PinCourse(call, seen, rerun);
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** Folios that did not move in the end, by who held them. */
  Map<String, List<Integer>> failed() {
    return failed;
  }

  private void read(Traced traced) {
    TraceRecord record = traced.record();
    if (record.event() == TraceEvent.K_LRU_ADD_DRAIN_PER_CPU) {
      if (drainingOthers) {
        steps.add(new Step(record.nanos(), Lane.DRAIN, Lane.cpu(record.cpu()), traced.task(), "the worker of CPU " + record.cpu()
            + " drains its batches",
            ""));
      }
      return;
    }
    if (record.cpu() != call.cpu() || number >= 0 && record.task() != number) {
      return;
    }
    if (number < 0) {
      if (record.event() != TraceEvent.K___GUP_LONGTERM_LOCKED) {
        return;
      }
      number = record.task();
      task = traced.task();
    }
    drainingOthers &= record.event() == TraceEvent.K_LRU_ADD_DRAIN;
    if (record.event() != TraceEvent.GUP_DRAIN_RULE) {
      flushAnswers(record.nanos());
    }
    readOwn(record);
  }

  private void readOwn(TraceRecord record) {
    long nanos = record.nanos();
    switch (record.event()) {
      case K___GUP_LONGTERM_LOCKED -> step(nanos, cpu, "pins pages " + call.firstPage() + " to " + (call.firstPage() + call.pages() - 1),
          "");
      case GUP_ROUND -> step(nanos, cpu, "round %d: %d pages pinned, %d must move, %d folios isolated".formatted(high(record.a()),
          low(record.a()),
          high(record.b()), low(record.b())), "");
      case GUP_DRAIN_RULE -> {
        answers.computeIfAbsent(FolioWords.action(record) + words.rule(record), key -> new Answers(record)).count++;
        if (FolioWords.action(record) != Action.ISOLATE) {
          drainingOthers = FolioWords.action(record) == Action.DRAIN_OWNER;
          flushAnswers(nanos);
        }
      }
      case K_LRU_ADD_DRAIN -> {
        if (migrating) {
          drainsAmidMigration++;
        } else {
          step(nanos, cpu, "drains the batches of its own CPU", "");
        }
      }
      case K_LRU_ADD_DRAIN_ALL -> {
        drainingOthers = true;
        step(nanos, Lane.DRAIN, "drains all CPUs", rules.drainAll());
      }
      case MM_MIGRATE_PAGES_START -> {
        migrating = true;
        tries.clear();
        tryCount = 0;
        drainsAmidMigration = 0;
        step(nanos, cpu, "unpins all and migrates what it isolated", "");
      }
      case MIGRATE_TRY -> {
        tries.put(record.pfn(), record);
        tryCount++;
      }
      case MM_MIGRATE_PAGES -> migrated(record);
      default -> throw new IllegalArgumentException(record.toString());
    }
  }

  private void migrated(TraceRecord record) {
    migrating = false;
    failed.clear();
    for (TraceRecord last : tries.values()) {
      if (FolioWords.obstacle(last) != MigrateObstacle.NONE) {
        String holder = FolioWords.holder(last);
        failed.computeIfAbsent(holder.isEmpty() ? words.what(last) : "held by " + holder, key -> new ArrayList<>()).add(last.pfn());
      }
    }
    step(record.nanos(), cpu, "%d pages moved, %d did not, in %d tries of %d folios%s".formatted(high(record.a()), low(record.a()),
        tryCount,
        tries.size(), drainsAmidMigration == 0 ? "" : "; its own batches were drained " + drainsAmidMigration + " times"), rules.tries());
    failed.forEach((holder, pfns) -> step(record.nanos(), cpu, "%d folio%s did not move, %s: %s".formatted(pfns.size(),
        pfns.size() == 1 ? "" : "s", holder, list(pfns)), ""));
  }

  private static String list(List<Integer> pfns) {
    String first = String.join(", ", pfns.stream().limit(MOST).map(pfn -> "0x" + Integer.toHexString(pfn)).toList());
    return pfns.size() > MOST ? first + " and " + (pfns.size() - MOST) + " more" : first;
  }

  /** What the rule was asked and said since the last other thing happened. */
  private void flushAnswers(long nanos) {
    int told = 0;
    int left = 0;
    for (Answers alike : answers.values()) {
      if (told++ < MOST) {
        TraceRecord record = alike.first;
        String asked = words.what(record);
        step(record.nanos(), words.to(record), (alike.count == 1 ? "folio 0x" + Integer.toHexString(record.pfn())
            : alike.count + " folios, 0x" + Integer.toHexString(record.pfn()) + " the first") + ": " + asked, words.rule(record));
      } else {
        left += alike.count;
      }
    }
    if (left > 0) {
      step(nanos, cpu, "the drain rule is asked for " + left + " more folios, with other counts", "");
    }
    answers.clear();
  }

  private void step(long nanos, Lane to, String what, String rule) {
    steps.add(new Step(nanos, cpu, to, task, what, rule));
  }
}
