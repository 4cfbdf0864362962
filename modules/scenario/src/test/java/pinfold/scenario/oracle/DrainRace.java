package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the parallel workers of one drain-all can make of one folio. A worker's flush of an entry has two steps: take
 * PG_lru, then move the folio and set PG_lru again. Steps of different workers interleave freely, so a request is lost
 * when another worker holds PG_lru.
 */
final class DrainRace {

  record Outcome(NaivePage.Flags flags, NaiveCounters counted) {}

  /** How far a worker has come: {@code holds} is between the two steps of its next entry. */
  private record Progress(int done, boolean holds) {}

  private record State(List<Progress> workers, NaivePage.Flags flags, NaiveCounters counted) {}

  private final NaiveRules rules;
  private final NaivePage page;
  private final List<List<NaiveRequest>> requestsPerWorker;
  private final Set<State> seen = new HashSet<>();
  private final LinkedHashSet<Outcome> outcomes = new LinkedHashSet<>();

  private DrainRace(NaiveRules rules, NaivePage page, List<List<NaiveRequest>> requestsPerWorker) {
    this.rules = rules;
    this.page = page;
    this.requestsPerWorker = requestsPerWorker;
  }

  /** All outcomes; the first one is that of the workers running one after the other, lowest CPU first. */
  static List<Outcome> outcomes(NaiveRules rules, NaivePage page, List<List<NaiveRequest>> requestsPerWorker) {
    NaivePage.Flags before = page.flags;
    DrainRace race = new DrainRace(rules, page, requestsPerWorker);
    List<Progress> start = new ArrayList<>();
    requestsPerWorker.forEach(worker -> start.add(new Progress(0, false)));
    race.explore(new State(start, before, new NaiveCounters()));
    page.flags = before;
    return List.copyOf(race.outcomes);
  }

  private void explore(State state) {
    if (!seen.add(state)) {
      return;
    }
    boolean finished = true;
    for (int worker = 0; worker < requestsPerWorker.size(); worker++) {
      if (state.workers.get(worker).done < requestsPerWorker.get(worker).size()) {
        finished = false;
        explore(step(state, worker));
      }
    }
    if (finished) {
      outcomes.add(new Outcome(state.flags, state.counted));
    }
  }

  private State step(State state, int worker) {
    Progress progress = state.workers.get(worker);
    NaiveRequest request = requestsPerWorker.get(worker).get(progress.done);
    page.flags = state.flags;
    NaiveCounters counted = state.counted.copy();
    Progress after;
    if (request.takesLruAtFlush(rules) && !progress.holds) {
      if (page.flags.lru()) {
        page.flags = page.flags.withLru(false);
        after = new Progress(progress.done, true);
      } else {
        page.flags = request.giveUp(page, counted);
        after = new Progress(progress.done + 1, false);
      }
    } else {
      page.flags = request.carryOut(page, counted);
      after = new Progress(progress.done + 1, false);
    }
    List<Progress> workers = new ArrayList<>(state.workers);
    workers.set(worker, after);
    return new State(workers, page.flags, counted);
  }
}
