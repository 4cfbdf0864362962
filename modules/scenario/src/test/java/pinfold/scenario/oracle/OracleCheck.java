package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.List;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.RecordedScript;

/** Compares a recorded line with what the oracle can give: with some outcome of its races, every field must be equal. */
final class OracleCheck {

  /** Runs per script before the search gives up. */
  private static final int MAX_RUNS = 20_000;

  private final RecordedScript script;
  private final NaiveRules rules;
  private int runs;

  OracleCheck(RecordedScript script, NaiveRules rules) {
    this.script = script;
    this.rules = rules;
  }

  private record Attempt(List<Integer> choices, OracleRun run, int distance) {}

  /** What differs in the closest run: empty if some run agrees. */
  List<String> differences() {
    Attempt best = attempt(List.of());
    for (boolean better = true; better && best.distance > 0;) {
      better = false;
      for (int race = 0; race < best.run.options().size() && best.distance > 0 && runs < MAX_RUNS; race++) {
        for (int outcome = 0; race < best.run.options().size() && outcome < best.run.options().get(race); outcome++) {
          Attempt other = attempt(with(best, race, outcome));
          if (other.distance < best.distance) {
            best = other;
            better = true;
          }
        }
      }
    }
    return best.distance == 0 ? List.of() : exhaustive(best);
  }

  private static List<Integer> with(Attempt attempt, int race, int outcome) {
    List<Integer> choices = new ArrayList<>(attempt.choices);
    while (choices.size() <= race) {
      choices.add(0);
    }
    choices.set(race, outcome);
    return choices;
  }

  private List<String> exhaustive(Attempt best) {
    List<Integer> choices = List.of();
    while (choices != null && runs < MAX_RUNS) {
      Attempt attempt = attempt(choices);
      if (attempt.distance == 0) {
        return List.of();
      }
      choices = next(attempt);
    }
    List<String> differences = differencesOf(best.run);
    if (choices != null) {
      differences.add("gave up after " + runs + " runs; other outcomes of the races may agree");
    }
    return differences;
  }

  /** The next combination, last race first; null after the last one. */
  private static List<Integer> next(Attempt attempt) {
    List<Integer> options = attempt.run.options();
    List<Integer> choices = new ArrayList<>(attempt.choices);
    while (choices.size() < options.size()) {
      choices.add(0);
    }
    for (int race = options.size() - 1; race >= 0; race--) {
      if (choices.get(race) + 1 < options.get(race)) {
        choices.set(race, choices.get(race) + 1);
        return new ArrayList<>(choices.subList(0, race + 1));
      }
    }
    return null;
  }

  private Attempt attempt(List<Integer> choices) {
    runs++;
    OracleRun run = OracleRun.of(script, rules, choices);
    int distance = 0;
    for (String name : script.expected().keySet()) {
      distance += distance(script.expected().get(name), run.fields().get(name));
    }
    return new Attempt(choices, run, distance + (recordedPinResults().equals(run.pinResults()) ? 0 : 1));
  }

  private static int distance(String recorded, String ours) {
    if (ours == null || recorded.length() != ours.length()) {
      return recorded.equals(ours) ? 0 : 1;
    }
    int distance = 0;
    for (int i = 0; i < recorded.length(); i++) {
      distance += recorded.charAt(i) == ours.charAt(i) ? 0 : 1;
    }
    return distance;
  }

  private List<String> differencesOf(OracleRun run) {
    List<String> differences = new ArrayList<>();
    script.expected().forEach((name, recorded) -> {
      if (!recorded.equals(run.fields().get(name))) {
        differences.add(name + ": recorded " + recorded + ", oracle " + run.fields().get(name));
      }
    });
    if (!recordedPinResults().equals(run.pinResults())) {
      differences.add("results of G: recorded " + recordedPinResults() + ", oracle " + run.pinResults());
    }
    return differences;
  }

  private List<Integer> recordedPinResults() {
    return script.ops().stream().filter(Op.Pin.class::isInstance).map(op -> ((Op.Pin) op).expectedRc()).toList();
  }
}
