package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pinfold.engine.SequentialHost;
import pinfold.experiment.results.Json;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.TextFile;
import pinfold.scenario.VariantFile;
import pinfold.scenario.conform.CmaConform;
import pinfold.scenario.conform.Conform;
import pinfold.scenario.conform.Conform.Verdict;
import pinfold.scenario.conform.ReclaimConform;
import pinfold.scenario.conform.TraceConform;
import pinfold.scenario.recorded.RecordedCmaAllocs;
import pinfold.scenario.recorded.RecordedReclaim;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.RecordedScriptFile;
import pinfold.scenario.recorded.RecordedTrace;

/**
 * {@code conform}: compares recorded scripts, traces, runs of cma_alloc() and reclaims of a real kernel with the simulated one,
 * every field of every line.
 */
final class ConformBackEnd {
  private static final Pattern RECORDED_ON = Pattern.compile("trace-(A|B|C1|C2)-.*|.*-(A|B|C1|C2)\\.txt");
  private static final Map<String, String> BUILDS = new TreeMap<>(Map.of("A", "linux-6.12-before-33dfe", "B", "linux-6.12.43",
      "C1", "linux-6.12.57", "C2", "linux-6.12.117"));

  private ConformBackEnd() {}

  static boolean run(ConformRequest request, Session session) {
    List<Map<String, Object>> rows = new ArrayList<>();
    boolean all = true;
    for (Path file : request.files()) {
      String text = TextFile.read(file, file.toString());
      if (RecordedCmaAllocs.is(text)) {
        all &= cases(file.toString(), cmaAllocs(RecordedCmaAllocs.parse(file.toString(), text)), request, session, rows);
        continue;
      }
      if (RecordedReclaim.is(text)) {
        all &= cases(file.toString(), reclaims(RecordedReclaim.parse(file.toString(), text)), request, session, rows);
        continue;
      }
      String variant = request.variant().orElseGet(() -> recordedOn(file));
      KernelVariant rules = KernelVariants.of(VariantFile.load(variant, SimulateBackEnd.searchPath(session)));
      if (RecordedTrace.is(text)) {
        TraceConform.Verdict verdict = new TraceConform(rules, SequentialHost::new)
            .check(RecordedTrace.parse(file.toString(), text));
        all &= verdict.agrees();
        rows.add(row(file, variant, verdict));
        if (!request.json()) {
          print(file, variant, verdict, session);
        }
        continue;
      }
      Conform conform = new Conform(rules, SequentialHost::new);
      List<RecordedScript> scripts = RecordedScriptFile.parse(file.toString(), text).scripts();
      List<Verdict> misses = new ArrayList<>();
      for (RecordedScript script : scripts) {
        Verdict verdict = conform.check(script);
        if (!verdict.agrees()) {
          misses.add(verdict);
        }
        if (session.cancelled()) {
          return false;
        }
      }
      all &= misses.isEmpty();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("file", file.toString());
      row.put("variant", variant);
      row.put("lines", scripts.size());
      row.put("agree", scripts.size() - misses.size());
      rows.add(row);
      if (!request.json()) {
        session.out().printf("%s on %s: %d of %d lines agree in every field%n", file, variant, scripts.size() - misses.size(),
            scripts.size());
        misses.forEach(miss -> print(miss, session));
      }
    }
    if (request.json()) {
      session.out().println(Json.pretty(rows));
    }
    return all;
  }

  /**
   * A case of a file that has cases of several builds.
   *
   * @param text what it is called in a report
   * @param differences by field, recorded and simulated value on a kernel; empty where it agrees
   */
  private record Case(int line, String build, String text, Function<KernelVariant, Map<String, String[]>> differences) {}

  private static List<Case> cmaAllocs(RecordedCmaAllocs recorded) {
    CmaConform conform = new CmaConform(SequentialHost::new);
    return recorded.rows().stream().map(row -> new Case(row.line(), row.variant(),
        "%s on %s, repeat %d".formatted(row.scenario(), row.variant(), row.repeat()),
        rules -> conform.check(recorded.name(), row, rules).differences())).toList();
  }

  private static List<Case> reclaims(RecordedReclaim recorded) {
    ReclaimConform conform = new ReclaimConform(SequentialHost::new, CheckLevel.OFF);
    return recorded.cases().stream().map(one -> new Case(one.line(), one.build(), one.text(),
        rules -> conform.check(one, rules).differences())).toList();
  }

  /** Every case on the build that it was recorded on, or all on the variant that was asked for. */
  private static boolean cases(String file, List<Case> cases, ConformRequest request, Session session, List<Map<String, Object>> rows) {
    Map<String, KernelVariant> variants = new LinkedHashMap<>();
    Map<Case, Map<String, String[]>> misses = new LinkedHashMap<>();
    for (Case one : cases) {
      String name = request.variant().orElseGet(() -> build(file, one));
      KernelVariant rules = variants.computeIfAbsent(name,
          unseen -> KernelVariants.of(VariantFile.load(unseen, SimulateBackEnd.searchPath(session))));
      Map<String, String[]> differences = one.differences().apply(rules);
      if (!differences.isEmpty()) {
        misses.put(one, differences);
      }
      if (session.cancelled()) {
        return false;
      }
    }
    String on = String.join(", ", variants.keySet());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("file", file);
    row.put("variant", on);
    row.put("lines", cases.size());
    row.put("agree", cases.size() - misses.size());
    rows.add(row);
    if (!request.json()) {
      session.out().printf("%s on %s: %d of %d rows agree in every field%n", file, on, cases.size() - misses.size(), cases.size());
      misses.forEach((miss, differences) -> print(miss, differences, session));
    }
    return misses.isEmpty();
  }

  private static String build(String file, Case one) {
    if (!BUILDS.containsKey(one.build())) {
      throw new ConfigError(file, one.line(), "", null, "the variant \"" + one.build() + "\" is none of "
          + String.join(", ", BUILDS.keySet()) + ", so say which variant with --variant");
    }
    return BUILDS.get(one.build());
  }

  private static void print(Case miss, Map<String, String[]> differences, Session session) {
    session.out().printf("%n  line %d, %s%n", miss.line(), miss.text());
    session.out().printf("    %-22s %-14s %s%n", "field", "recorded", "simulated");
    differences.forEach((field, values) -> session.out().printf("    %-22s %-14s %s%n", field, values[0], values[1]));
  }

  private static Map<String, Object> row(Path file, String variant, TraceConform.Verdict verdict) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("file", file.toString());
    row.put("variant", variant);
    row.put("lines", verdict.lines());
    row.put("left_out", verdict.leftOut());
    row.put("agree", verdict.agree());
    row.put("agrees", verdict.agrees());
    return row;
  }

  private static void print(Path file, String variant, TraceConform.Verdict verdict, Session session) {
    int others = verdict.leftOut().values().stream().mapToInt(Integer::intValue).sum();
    session.out().printf("%s on %s: %d of %d lines agree in order and every field%n", file, variant, verdict.agree(),
        verdict.lines() - others);
    verdict.leftOut().forEach((why, count) -> session.out().printf("  not compared: %d lines, %s%n", count, why));
    long tooMany = verdict.differences().stream().filter(line -> line.startsWith("+ ")).count();
    if (tooMany > 0) {
      session.out().printf("  %d simulated lines were not recorded%n", tooMany);
    }
    if (verdict.simulatedRc() != verdict.trace().rc()) {
      session.out().printf("  the pin returned %d, recorded is %d%n", verdict.simulatedRc(), verdict.trace().rc());
    }
    verdict.differences().forEach(line -> session.out().println("  " + line));
  }

  private static String recordedOn(Path file) {
    Matcher matcher = RECORDED_ON.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      throw new ConfigError(file.toString(), 0, "", null, "the name does not end in -A, -B, -C1 or -C2, or begin with trace- "
          + "and one of them, so say which variant with --variant");
    }
    return BUILDS.get(matcher.group(matcher.group(1) == null ? 2 : 1));
  }

  private static void print(Verdict miss, Session session) {
    session.out().printf("%n  seed %s, %d pages, %s%n", Long.toUnsignedString(miss.script().seed()), miss.script().pages(),
        miss.script().opsText());
    session.out().printf("    %-14s %-28s %s%n", "field", "recorded", "simulated");
    miss.differences().forEach((field, values) -> session.out().printf("    %-14s %-28s %s%n", field, values[0], values[1]));
    session.out().printf("    course, drain workers in order of CPUs %s, a digit per page (1 lru, 2 active, 4 unevictable, "
        + "8 mlocked):%n", miss.order());
    miss.course().forEach(line -> session.out().println("      " + line));
  }
}
