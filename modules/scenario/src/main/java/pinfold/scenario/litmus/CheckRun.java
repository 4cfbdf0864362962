package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pinfold.kernel.count.Counters;

/** Compares what must hold with what is. */
final class CheckRun {
  private static final int MOST_DETAILS = 4;

  private final World world;
  private final Counters change;
  private final Map<Integer, Long> results;
  private final Long lastResult;
  private final String lastStep;
  private final List<Miss> misses = new ArrayList<>();

  /**
   * @param change of counters since the last mark
   * @param results by CPU
   * @param lastResult null after steps that ran at the same time
   */
  CheckRun(World world, Counters change, Map<Integer, Long> results, Long lastResult, String lastStep) {
    this.world = world;
    this.change = change;
    this.results = results;
    this.lastResult = lastResult;
    this.lastStep = lastStep;
  }

  List<Miss> misses() {
    return misses;
  }

  void check(Check check) {
    switch (check) {
      case Check.Result result -> result(result);
      case Check.Counter counter -> {
        long value = change.get(counter.counter());
        if (!counter.condition().holds(value)) {
          miss(check, counter.name() + " " + counter.condition().text(), counter.name() + " = " + value, "");
        }
      }
      case Check.Free free -> {
        long pages = world.freePages(free.node());
        if (!free.condition().holds(pages)) {
          String name = "free of node " + free.node() + " ";
          miss(check, name + free.condition().text(), name + "= " + pages, "");
        }
      }
      case Check.Kswapd kswapd -> {
        long state = world.kswapd(kswapd.node());
        if (!kswapd.condition().holds(state)) {
          String name = "kswapd of node " + kswapd.node() + " ";
          miss(check, name + kswapd.condition().text(), name + "= " + Check.Kswapd.STATES.get((int) state), "");
        }
      }
      case Check.Folio folio -> folio(folio);
      case Check.Batch batch -> {
        List<String> found = world.batch(batch.cpu(), batch.kind());
        if (!found.equals(batch.entries())) {
          String name = "batch cpu " + batch.cpu() + " " + CheckParser.batchName(batch.kind()) + " = ";
          miss(check, name + shortened(batch.entries()), name + shortened(found), "");
        }
      }
      case Check.BatchSize size -> {
        int found = world.batch(size.cpu(), size.kind()).size();
        if (!size.condition().holds(found)) {
          String name = "batch cpu " + size.cpu() + " " + CheckParser.batchName(size.kind()) + " holds ";
          miss(check, name + size.condition().values().getFirst(), name + found, "");
        }
      }
      case Check.Events events -> {
        List<String> found = world.namesOf(world.events().pfns(events.kind()));
        if (!found.equals(events.folios())) {
          String name = events.kind().word() + " = ";
          miss(check, name + shortened(events.folios()), name + shortened(found), "");
        }
      }
    }
  }

  private void result(Check.Result check) {
    Long result = check.cpu() == Check.Result.LAST ? lastResult : results.get(check.cpu());
    String name = check.cpu() == Check.Result.LAST ? "result" : "result of cpu " + check.cpu();
    if (result == null) {
      miss(check, name + " " + check.condition().text(), "no " + name + ": no single step has just run"
          + (check.cpu() == Check.Result.LAST ? "; ask for 'result of cpu N'" : " there"), "");
    } else if (!check.condition().holds(result)) {
      miss(check, name + " " + check.condition().text(), name + " = " + Results.show(result), "");
    }
  }

  private void folio(Check.Folio check) {
    FolioRange range = check.folios();
    int holds = 0;
    List<String> details = new ArrayList<>();
    String found = "";
    for (int i = 0; i < range.count(); i++) {
      FolioProperty property = check.property();
      boolean known = world.known(range, i, property);
      if (known && check.condition().holds(world.value(range, i, property))) {
        holds++;
        continue;
      }
      if (found.isEmpty()) {
        String value = known ? ": " + property.word() + " = " + property.show(world.value(range, i, property)) : " is not there";
        found = range.nameOf(i) + value;
      }
      details.add(world.describe(range, i));
    }
    int wanted = check.exactly() == Check.Folio.EACH ? range.count() : check.exactly();
    if (holds != wanted) {
      String text = range + ": " + check.property().word() + " " + check.condition().text();
      boolean each = check.exactly() == Check.Folio.EACH;
      String count = range.count() == 1 ? "" : "; it holds for " + holds + " of " + range.count();
      miss(check, each ? text : text + " on " + wanted, each ? found + count : text + " on " + holds,
          String.join("\n", details.subList(0, Math.min(MOST_DETAILS, details.size()))));
    }
  }

  private void miss(Check check, String expected, String found, String detail) {
    misses.add(new Miss(check.line(), lastStep, expected, found, detail));
  }

  /** {@code P P P} as {@code P*3}, {@code empty} for nothing. */
  static String shortened(List<String> names) {
    if (names.isEmpty()) {
      return "empty";
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < names.size(); ) {
      int same = i;
      while (same < names.size() && names.get(same).equals(names.get(i))) {
        same++;
      }
      parts.add(names.get(i) + (same - i > 1 ? "*" + (same - i) : ""));
      i = same;
    }
    return String.join(" ", parts);
  }
}
