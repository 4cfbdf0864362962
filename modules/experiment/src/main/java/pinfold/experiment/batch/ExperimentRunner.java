package pinfold.experiment.batch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import pinfold.engine.Host;
import pinfold.experiment.compare.FailedRun;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.RunStore;
import pinfold.scenario.ExperimentConfig.Until;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.RunIdentity;

/**
 * Has all runs of an experiment that a store does not have yet done, and reads them all. What is done is a function of the experiment:
 * how many seeds a cell gets is decided when all runs of the seeds before are there.
 */
public final class ExperimentRunner {
  private final Plan plan;
  private final RunStore store;
  private final RunExecutor executor;
  private final ExperimentListener listener;
  /** By cell, then by seed from 1. */
  private final List<List<RunRecord>> records = new ArrayList<>();
  private final List<RunIdentity> ofCells;
  private final Set<String> identities = new HashSet<>();
  /** Nothing more can be run or kept, so nothing more is begun. */
  private volatile boolean broken;

  /** @param executor called from as many threads as {@link #run} is told */
  public ExperimentRunner(Plan plan, RunStore store, RunExecutor executor, ExperimentListener listener) {
    this.plan = plan;
    this.store = store;
    this.executor = executor;
    this.listener = listener;
    plan.cells().forEach(cell -> records.add(new ArrayList<>()));
    this.ofCells = plan.cells().stream().map(cell -> cell.identity(plan.searchPath())).toList();
  }

  /** Runs in this JVM, each on one thread. */
  public static RunExecutor local() {
    return (cell, seed, listener) -> new ScenarioRun(cell.scenario(), KernelVariants.of(cell.variant()), seed, HostFactory.sequential())
        .run(listener);
  }

  /**
   * Does what is missing.
   *
   * @param sideBySide runs at the same time
   * @return all that is there; if the listener asked for an early end, what was finished
   * @throws IOException if runs cannot be kept; what was finished stays
   * @throws NowhereToRunException if no more can be done; what was finished stays
   */
  public ExperimentResult run(int sideBySide) throws IOException, NowhereToRunException {
    int[] seeds = new int[plan.points()];
    Arrays.fill(seeds, plan.experiment().seeds());
    boolean whole;
    do {
      whole = runUpTo(seeds, sideBySide);
    } while (whole && moreSeeds(seeds));
    return new ExperimentResult(plan, records, whole);
  }

  /** What the runs that the experiment has asked for depend on. */
  public Set<String> identities() {
    return identities;
  }

  /** A run that is missing, and the cells that want it: those where nothing that the run depends on differs. */
  private record Missing(String identity, long seed, List<Cell> cells, List<List<RunRecord>> into) {
    Cell cell() {
      return cells.getFirst();
    }
  }

  /** Runs every cell up to the seeds of its point; false if it ended early. */
  private boolean runUpTo(int[] seeds, int sideBySide) throws IOException, NowhereToRunException {
    Map<String, Missing> missing = new LinkedHashMap<>();
    Map<String, RunRecord> there = new HashMap<>();
    int wanted = 0;
    int most = Arrays.stream(seeds).max().orElse(0);
    for (int seed = 1; seed <= most; seed++) {
      for (int i = 0; i < records.size(); i++) {
        Cell cell = plan.cells().get(i);
        List<RunRecord> of = records.get(i);
        if (seed > seeds[cell.point()] || seed <= of.size()) {
          continue;
        }
        wanted++;
        String identity = ofCells.get(i).of(seed);
        identities.add(identity);
        if (!missing.containsKey(identity) && !there.containsKey(identity)) {
          byte[] bytes = store.run(identity);
          RunRecord record = bytes == null ? null : RunRecord.ofBytes(bytes);
          if (record != null) {
            there.put(identity, record);
          }
        }
        if (there.containsKey(identity)) {
          fill(of, seed).set(seed - 1, there.get(identity));
        } else {
          fill(of, seed);
          Missing one = missing.computeIfAbsent(identity, id -> new Missing(id, of.size(), new ArrayList<>(), new ArrayList<>()));
          one.cells().add(cell);
          one.into().add(of);
        }
      }
    }
    listener.planned(wanted, wanted - missing.values().stream().mapToInt(one -> one.into().size()).sum());
    boolean whole = runAll(List.copyOf(missing.values()), sideBySide);
    records.forEach(of -> {
      while (!of.isEmpty() && of.contains(null)) {
        of.removeLast();
      }
    });
    return whole;
  }

  private static List<RunRecord> fill(List<RunRecord> of, int seed) {
    while (of.size() < seed) {
      of.add(null);
    }
    return of;
  }

  private boolean runAll(List<Missing> missing, int sideBySide) throws IOException, NowhereToRunException {
    List<Future<RunRecord>> futures = new ArrayList<>();
    boolean whole = true;
    try (ExecutorService pool = Executors.newFixedThreadPool(sideBySide)) {
      for (Missing one : missing) {
        futures.add(pool.submit(() -> run(one)));
      }
      for (int i = 0; i < missing.size(); i++) {
        RunRecord record = futures.get(i).get();
        whole &= record != null;
        for (List<RunRecord> of : missing.get(i).into()) {
          of.set((int) missing.get(i).seed() - 1, record);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while runs were under way", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case NowhereToRunException nowhere -> throw nowhere;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
    return whole;
  }

  /** Does one run and keeps it; null if it was given up for Ctrl-C. */
  private RunRecord run(Missing one) throws IOException, NowhereToRunException {
    if (broken || listener.cancelled()) {
      return null;
    }
    try {
      return runAndKeep(one);
    } catch (IOException | NowhereToRunException e) {
      broken = true;
      throw e;
    }
  }

  private RunRecord runAndKeep(Missing one) throws IOException, NowhereToRunException {
    RunRecord record;
    try (WallLimit limited = new WallLimit(listener.begin(one.cell(), one.seed()), plan.experiment().wallLimitSeconds())) {
      RunResult result = executor.run(one.cell(), one.seed(), limited);
      if (result == null || result.outcome() == Host.Outcome.CANCELLED) {
        if (!limited.isOver()) {
          return null;
        }
        throw new WallLimit.OverException(plan.experiment().wallLimitSeconds());
      }
      record = RunRecord.of(result, one.cell().scenario(), KernelVariants.of(one.cell().variant()),
          one.seed() <= plan.experiment().seriesSeeds());
    } catch (NowhereToRunException e) {
      throw e;
    } catch (Exception | AssertionError | OutOfMemoryError | StackOverflowError problem) {
      record = RunRecord.of(new FailedRun(one.cell().variantName(), one.seed(), problem));
    }
    store.putRun(one.identity(), record.toBytes());
    for (Cell cell : one.cells()) {
      listener.done(cell, record);
    }
    return record;
  }

  /** Doubles the seeds of each point where some variant is not known well enough; false if none is left. */
  private boolean moreSeeds(int[] seeds) {
    if (plan.experiment().until().isEmpty()) {
      return false;
    }
    Until until = plan.experiment().until().get();
    Measure measure = plan.measures().stream().filter(one -> one.name().equals(until.measure())).findFirst().orElseThrow();
    ExperimentResult result = new ExperimentResult(plan, records, true);
    boolean more = false;
    for (int point = 0; point < seeds.length; point++) {
      boolean known = true;
      for (int variant = 0; variant < plan.variants().size(); variant++) {
        known &= result.summary(point, variant, measure).isKnownTo(until.precision());
      }
      if (!known && seeds[point] < until.mostSeeds()) {
        seeds[point] = Math.min(2 * seeds[point], until.mostSeeds());
        more = true;
      }
    }
    return more;
  }
}
