package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import pinfold.engine.KeyedDraws;
import pinfold.kernel.Machine;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;

/**
 * Page touches through the full model: a task touches present pages through GUP with FOLL_TOUCH, 512 pages in a row at a position
 * drawn anew each time, of a working set that was populated before. A small one is made cold before each round, or soon all of it
 * would be active and a touch a mere look. The larger ones are not, as that takes long; what share of the touches activated a
 * page is a figure too.
 */
record TouchBench(String name, int pages, double aim) implements Bench {
  private static final int RUN = 512;
  private static final long SEED = 7;
  private static final int SMALL_PAGES = 1 << 21;
  private static final int HOSTS = BenchHost.values().length;
  private static final String UNIT = "M touches/s";

  @Override
  public boolean quick() {
    return pages < SMALL_PAGES;
  }

  @Override
  public List<Figure> run(Effort effort) {
    int runs = effort.choose(1_000, 6_000);
    int rounds = effort.choose(3, 7);
    String benchmark = "page touches, " + millions();
    effort.says(benchmark + ": plain Java");
    double plainRuns = plain(runs, rounds, RUN);
    double plainRandom = plain(runs, rounds, 1);
    long bytes = (long) pages * BenchMachine.PAGE_BYTES * 9 / 8 + (1L << 30);
    Machine machine = BenchMachine.oneNode(effort, bytes, 0, 1, pages);
    Rounds machineRounds = new Rounds(machine, effort);
    effort.says(benchmark + ": populating");
    double seconds = machineRounds.run(BenchHost.SEQUENTIAL, Programs.populate(0, 0, pages));
    List<Figure> figures = new ArrayList<>();
    double faults = pages / seconds / 1e6;
    figures.add(Figure.of("first touches, " + millions(), BenchHost.SEQUENTIAL.label(), faults, "M faults/s", null));
    effort.says(benchmark + ": touching");
    long activated = machine.counters().get(VmCounter.PGACTIVATE);
    List<Figure> touches = machineRounds.measure(benchmark, UNIT, Aim.atLeast(aim), rounds, (long) runs * RUN,
        () -> cool(machineRounds), (round, host) -> touches(runs, round * HOSTS + host));
    figures.add(touches.getFirst().against(plainRandom, "plain Java, random"));
    figures.addAll(touches.subList(1, touches.size()));
    figures.add(Figure.of(benchmark, "plain Java, random pages", plainRandom, UNIT, null));
    figures.add(Figure.of(benchmark, "plain Java, the same runs", plainRuns, UNIT, null));
    double all = (rounds + 1.0) * HOSTS * runs * RUN;
    double share = (machine.counters().get(VmCounter.PGACTIVATE) - activated) / all;
    figures.add(Figure.of(benchmark + ": activated", "", share, "", null));
    return figures;
  }

  private void cool(Rounds machine) {
    if (pages < SMALL_PAGES) {
      machine.run(BenchHost.SEQUENTIAL, Programs.madviseCold(0, 0, pages));
    }
  }

  private String millions() {
    return pages >= 2_000_000 ? String.format(Locale.ROOT, "%.1f M pages", pages / 1e6) : "1 M pages";
  }

  private int first(int round, int run, int length) {
    return (int) KeyedDraws.below(pages - length + 1L, SEED, 1, round, run);
  }

  private TaskProgram touches(int runs, int round) {
    List<TaskProgram> programs = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      programs.add(Programs.touch(0, first(round, run, RUN), RUN));
    }
    return Programs.inTurn(programs);
  }

  /** As many touches, those of all hosts, without a model; {@code length} pages in a row. */
  private double plain(int runs, int rounds, int length) {
    KernelStyleTouch lists = new KernelStyleTouch(pages);
    double[] rates = new double[rounds * HOSTS];
    int draws = runs * RUN / length;
    for (int round = 0; round < (rounds + 1) * HOSTS; round++) {
      if (pages < SMALL_PAGES) {
        lists.cool();
      }
      long from = System.nanoTime();
      for (int run = 0; run < draws; run++) {
        lists.touch(first(round, run, length), length);
      }
      if (round >= HOSTS) {
        rates[round - HOSTS] = runs * RUN * 1e3 / (System.nanoTime() - from);
      }
    }
    return Effort.median(rates);
  }
}
