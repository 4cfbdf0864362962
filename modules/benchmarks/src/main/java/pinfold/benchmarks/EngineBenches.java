package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The engine without a kernel on it. */
final class EngineBenches {
  private EngineBenches() {}

  /** {@link Phold} on every host. */
  record PholdBench(String name) implements Bench {
    @Override
    public List<Figure> run(Effort effort) {
      List<Figure> figures = new ArrayList<>();
      for (BenchHost host : BenchHost.values()) {
        effort.checkCancelled();
        effort.says("PHOLD: " + host.label());
        int means = effort.choose(15, 80);
        double rate = Phold.run(host.threads(), means, means, effort.choose(2, 3)).millionEventsPerSecond();
        Aim aim = switch (host) {
          case SEQUENTIAL -> Aim.atLeast(8);
          case ACTORS_1 -> null;
          case ACTORS_2 -> Aim.atLeast(13);
        };
        Figure figure = Figure.of("PHOLD, 65,536 LPs", host.label(), rate, "M events/s", aim);
        figures.add(figures.isEmpty() ? figure : figure.against(figures.getFirst().value(), "sequential"));
      }
      return figures;
    }
  }

  /** {@link WindowCost} of a few and of many awake entities, with next to nothing to do in them. */
  record WindowBench(String name) implements Bench {
    private static final int[][] ENTITIES_AWAKE = {{64, 1}, {64, 4}, {64, 64}, {1000, 1000}};
    private static final double[] AIMS = {3, 3, 20, 350};

    @Override
    public List<Figure> run(Effort effort) {
      List<Figure> figures = new ArrayList<>();
      for (int i = 0; i < AIMS.length; i++) {
        int entities = ENTITIES_AWAKE[i][0];
        int awake = ENTITIES_AWAKE[i][1];
        effort.says("cost of a window: " + awake + " awake");
        int windows = Math.clamp(effort.choose(1_000_000, 4_000_000) / awake, 300, 50_000);
        double sequential = 0;
        for (BenchHost host : BenchHost.values()) {
          effort.checkCancelled();
          double micros = WindowCost.run(entities, awake, 0, host.threads(), windows).microsPerWindow();
          String benchmark = String.format(Locale.ROOT, "window, %,d of %,d awake", awake, entities);
          Figure figure = Figure.of(benchmark, host.label(), micros, "us",
              host == BenchHost.SEQUENTIAL ? null : Aim.atMost(AIMS[i]));
          figures.add(host == BenchHost.SEQUENTIAL ? figure : figure.against(sequential, "sequential"));
          sequential = host == BenchHost.SEQUENTIAL ? micros : sequential;
        }
      }
      return figures;
    }
  }
}
