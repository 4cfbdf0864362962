package pinfold.cli.backend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pinfold.cli.terminal.Amounts;
import pinfold.cluster.front.Metrics;
import pinfold.cluster.front.Metrics.Sample;
import pinfold.experiment.report.TextTable;
import pinfold.experiment.report.TextTable.Column;
import pinfold.experiment.results.Json;

/** A cluster as its members' metrics show it: each number is one of theirs, put into words for a person. */
final class ClusterStatus {
  /** Of a run's name where there is little room. */
  private static final int RUN_DIGITS = 8;

  private final List<Asked> asked;

  /**
   * A member that was asked.
   *
   * @param metrics what it answered, null if it did not
   * @param why it did not, empty if it did
   */
  record Asked(String http, Metrics metrics, String why) {
    static Asked inVain(String http, String why) {
      return new Asked(http, null, why);
    }

    private OptionalDouble value(String name, String... labels) {
      return metrics.value(name, labels);
    }

    private String member() {
      return metrics.all("pinfold_member_info").findFirst().map(info -> info.labels().get("member")).orElse(http);
    }
  }

  ClusterStatus(List<Asked> asked) {
    this.asked = List.copyOf(asked);
  }

  private Stream<Asked> answered() {
    return asked.stream().filter(member -> member.metrics != null);
  }

  /** Whether every member answers, and is reached by every other. */
  boolean isWhole() {
    return asked.stream().allMatch(member -> member.metrics != null) && unreachable().isEmpty();
  }

  /** Addresses of members that some other does not reach. */
  private TreeSet<String> unreachable() {
    return answered().flatMap(member -> member.metrics.all("pinfold_member_state", "state", "unreachable"))
        .filter(state -> state.value() == 1).map(state -> state.labels().get("member")).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Members that others know of and that were not asked. */
  private TreeSet<String> others() {
    TreeSet<String> known = answered().flatMap(member -> member.metrics.all("pinfold_member_state"))
        .map(state -> state.labels().get("member")).collect(Collectors.toCollection(TreeSet::new));
    answered().forEach(member -> known.remove(member.member()));
    return known;
  }

  /** Samples of runs, by run; the manager has them, on one member. */
  private Map<String, Metrics> runs() {
    Map<String, Metrics> runs = new LinkedHashMap<>();
    answered().forEach(member -> member.metrics.all("pinfold_run_info").forEach(run -> runs.put(run.labels().get("run"), member.metrics)));
    return runs;
  }

  private static String state(Metrics metrics, String run) {
    return metrics.all("pinfold_run_state", "run", run).filter(state -> state.value() == 1).map(state -> state.labels().get("state"))
        .findFirst().orElse("unknown");
  }

  // --- for people -----------------------------------------------------------------------------------

  String text(int columns) {
    StringBuilder text = new StringBuilder("Members\n").append(memberTable().render(columns));
    asked.stream().filter(member -> member.metrics == null).forEach(member -> text.append(member.why).append('\n'));
    for (String other : others()) {
      text.append("and ").append(other).append(unreachable().contains(other) ? ", which does not answer" : ", which was not asked")
          .append('\n');
    }
    Map<String, Metrics> runs = runs();
    if (runs.isEmpty()) {
      return text.append("\nNo runs").append(others().isEmpty() && isWhole() ? "" : " that these members know of").append('\n').toString();
    }
    text.append("\nRuns\n").append(runTable(runs).render(columns)).append('\n').append(whatTheyAre(runs).render(columns));
    TextTable parts = partTable();
    return parts == null ? text.toString() : text.append("\nParts\n").append(parts.render(columns)).toString();
  }

  private TextTable memberTable() {
    TextTable table = new TextTable(Column.text("member"), Column.text("http"), Column.text("pid"), Column.text("state"),
        Column.text("heap"), Column.number("gc", "%"), Column.text("up for"));
    TreeSet<String> unreachable = unreachable();
    for (Asked member : asked) {
      if (member.metrics == null) {
        table.row(null, member.http, null, "no answer", null, null, null);
        continue;
      }
      double up = member.value("pinfold_uptime_seconds").orElse(0);
      String pid = isLocal(member.http) ? member.metrics.all("pinfold_member_info").findFirst().map(info -> info.labels().get("pid"))
          .orElse("") : "";
      table.row(member.member(), member.http, pid, unreachable.contains(member.member()) ? "unreachable" : "up",
          Amounts.bytes(member.value("pinfold_heap_used_bytes").orElse(0)) + " of "
              + Amounts.bytes(member.value("pinfold_heap_max_bytes").orElse(0)),
          decimals(1, 100 * member.value("pinfold_gc_seconds_total").orElse(0) / Math.max(1e-3, up)), Amounts.left(Math.round(up)));
    }
    return table;
  }

  private static boolean isLocal(String http) {
    return http.startsWith("127.") || http.startsWith("localhost:") || http.startsWith("[::1]:");
  }

  private TextTable runTable(Map<String, Metrics> runs) {
    TextTable table = new TextTable(Column.text("run"), Column.text("state"), Column.number("epoch"), Column.number("done", "%"),
        Column.number("simulated"), Column.number("windows/s"), Column.number("bytes/ window"), Column.number("imbalance"));
    runs.forEach((run, metrics) -> table.row(run, state(metrics, run), number(metrics.value("pinfold_run_epoch", "run", run), 0),
        percent(metrics.value("pinfold_run_progress_ratio", "run", run)),
        Amounts.simulated(Math.round(metrics.value("pinfold_run_simulated_seconds", "run", run).orElse(0) * 1e9)),
        number(metrics.value("pinfold_run_windows_per_second", "run", run), 0),
        number(metrics.value("pinfold_run_bytes_per_window", "run", run), 0),
        number(metrics.value("pinfold_run_imbalance_ratio", "run", run), 2)));
    return table;
  }

  private TextTable whatTheyAre(Map<String, Metrics> runs) {
    TextTable table = new TextTable(Column.text("run"), Column.text("scenario"), Column.text("variant"), Column.number("seed"),
        Column.text("last checkpoint"));
    runs.forEach((run, metrics) -> {
      Map<String, String> info = metrics.all("pinfold_run_info", "run", run).findFirst().orElseThrow().labels();
      table.row(run, info.get("scenario"), info.get("variant"), info.get("seed"), checkpoint(metrics, run));
    });
    return table;
  }

  private static String checkpoint(Metrics metrics, String run) {
    OptionalDouble age = metrics.value("pinfold_run_checkpoint_age_seconds", "run", run);
    return age.isEmpty() ? "none" : Amounts.left(Math.round(age.getAsDouble())) + " ago, "
        + Amounts.bytes(metrics.value("pinfold_run_checkpoint_bytes", "run", run).orElse(0)) + " in "
        + decimals(2, metrics.value("pinfold_run_checkpoint_duration_seconds", "run", run).orElse(0)) + " s";
  }

  /** Null where no member has a part of a run. */
  private TextTable partTable() {
    TextTable table = new TextTable(Column.text("run"), Column.number("part"), Column.text("member"), Column.text("groups"),
        Column.number("events"), Column.number("sent"), Column.number("asked again"), Column.number("waited", "%"),
        Column.number("waits now", "s"));
    boolean any = false;
    for (Asked member : answered().toList()) {
      for (Sample part : member.metrics.all("pinfold_rounds_total").toList()) {
        any = true;
        String[] labels = {"run", part.labels().get("run"), "part", part.labels().get("part")};
        double waited = member.value("pinfold_waited_seconds_total", labels).orElse(0);
        double busy = member.value("pinfold_busy_seconds_total", labels).orElse(0);
        table.row(labels[1].substring(0, RUN_DIGITS), labels[3], member.member(), groups(member.metrics, labels),
            number(member.value("pinfold_events_total", labels), 0),
            Amounts.bytes(member.value("pinfold_round_bytes_total", labels).orElse(0)),
            number(member.value("pinfold_asked_again_total", labels), 0), decimals(0, 100 * waited / Math.max(1e-9, waited + busy)),
            number(member.value("pinfold_waiting_seconds", labels), 1));
      }
    }
    return any ? table : null;
  }

  /** Numbers of groups, as {@code 0-2, 5}. */
  private static String groups(Metrics metrics, String... labels) {
    List<Integer> groups = metrics.all("pinfold_group", labels).map(group -> Integer.parseInt(group.labels().get("group"))).sorted().toList();
    List<String> ranges = new ArrayList<>();
    for (int from = 0; from < groups.size();) {
      int to = from;
      while (to + 1 < groups.size() && groups.get(to + 1) == groups.get(to) + 1) {
        to++;
      }
      ranges.add(groups.get(from) + (to == from ? "" : "-" + groups.get(to)));
      from = to + 1;
    }
    return String.join(", ", ranges);
  }

  private static String percent(OptionalDouble share) {
    return share.isEmpty() ? "" : decimals(0, Math.floor(100 * share.getAsDouble()));
  }

  private static String number(OptionalDouble value, int decimals) {
    return value.isEmpty() ? "" : decimals(decimals, value.getAsDouble());
  }

  private static String decimals(int decimals, double value) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  // --- for programs ---------------------------------------------------------------------------------

  /** Members, runs and parts, each with its metrics under their own names, without the prefix. */
  String json() {
    List<Object> members = new ArrayList<>();
    List<Object> parts = new ArrayList<>();
    for (Asked member : asked) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("http", member.http);
      one.put("answers", member.metrics != null);
      if (member.metrics == null) {
        one.put("why", member.why);
      } else {
        one.put("reachable", !unreachable().contains(member.member()));
        one.putAll(member.metrics.all("pinfold_member_info").findFirst().map(Sample::labels).orElse(Map.of()));
        member.metrics.samples().filter(sample -> sample.labels().isEmpty()).forEach(sample -> one.put(plain(sample), sample.value()));
        parts.addAll(partsOf(member));
      }
      members.add(one);
    }
    List<Object> runs = new ArrayList<>();
    runs().forEach((run, metrics) -> {
      Map<String, Object> one = new LinkedHashMap<>(metrics.all("pinfold_run_info", "run", run).findFirst().orElseThrow().labels());
      one.put("state", state(metrics, run));
      metrics.samples().filter(sample -> sample.labels().equals(Map.of("run", run))).forEach(
          sample -> one.put(plain(sample).substring("run_".length()), sample.value()));
      runs.add(one);
    });
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("members", members);
    all.put("not_asked", others());
    all.put("runs", runs);
    all.put("parts", parts);
    return Json.pretty(all);
  }

  private static List<Object> partsOf(Asked member) {
    List<Object> parts = new ArrayList<>();
    for (Sample part : member.metrics.all("pinfold_rounds_total").toList()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("member", member.member());
      one.putAll(part.labels());
      one.put("groups", member.metrics.all("pinfold_group", "run", part.labels().get("run"), "part", part.labels().get("part"))
          .map(group -> Integer.parseInt(group.labels().get("group"))).toList());
      member.metrics.samples().filter(sample -> sample.labels().equals(part.labels())).forEach(
          sample -> one.put(plain(sample), sample.value()));
      parts.add(one);
    }
    return parts;
  }

  private static String plain(Sample sample) {
    return sample.name().substring("pinfold_".length());
  }
}
