package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.results.Json;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.litmus.Litmus;
import pinfold.scenario.litmus.LitmusFile;
import pinfold.scenario.litmus.LitmusRun;
import pinfold.scenario.litmus.Outcome;
import pinfold.scenario.litmus.RunOptions;

/** {@code litmus}: runs litmus files against the variants that they name. */
final class LitmusBackEnd {
  private LitmusBackEnd() {}

  static boolean run(LitmusRequest request, Session session) {
    List<Path> path = SimulateBackEnd.searchPath(session);
    HostFactory hosts = request.host() == HostKind.ACTORS ? HostFactory.actors(1) : HostFactory.sequential();
    RunOptions options = RunOptions.SEQUENTIAL.on(hosts::host);
    List<Litmus> tests = new ArrayList<>();
    for (Path file : request.files()) {
      tests.add(LitmusFile.read(file, path));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Litmus test : tests) {
      for (String variant : request.variants().isEmpty() ? test.variants() : request.variants()) {
        outcomes.add(LitmusRun.run(test, KernelVariants.of(VariantFile.load(variant, path)), options));
        if (session.cancelled()) {
          break;
        }
      }
    }
    print(outcomes, request.json(), session);
    return outcomes.stream().allMatch(Outcome::passed);
  }

  private static void print(List<Outcome> outcomes, boolean json, Session session) {
    if (json) {
      session.out().println(Json.pretty(outcomes.stream().map(LitmusBackEnd::asMap).toList()));
      return;
    }
    outcomes.forEach(outcome -> session.out().print(outcome.text()));
    long missed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
    session.out().printf("%d runs, %d checks, %s%n", outcomes.size(), outcomes.stream().mapToInt(Outcome::checks).sum(),
        missed == 0 ? "none missed" : missed + " runs missed some");
  }

  private static Map<String, Object> asMap(Outcome outcome) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", outcome.litmus().file());
    map.put("variant", outcome.variant());
    map.put("checks", outcome.checks());
    map.put("passed", outcome.passed());
    map.put("digest", "%016x".formatted(outcome.digest()));
    map.put("misses", outcome.misses().stream()
        .map(miss -> Map.of("line", miss.line(), "expected", miss.expected(), "found", miss.found())).toList());
    return map;
  }
}
