package pinfold.experiment.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.Results;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.compare.Series;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.scenario.ExperimentFile;

/** Experiments whose runs are made up, with names that would be trouble if a page took them for markup. */
final class MadeUp {
  static final String TROUBLE = "</script><script>document.title='taken'</script><!--<script>";
  private static final Path CONFIG = Path.of("..", "..", "config");

  private MadeUp() {}

  /** The page of an experiment that did not ask about costs. */
  static ReportPage page(ExperimentResult result) {
    return new ReportPage(result, new ExperimentText(result, Optional.empty()));
  }

  /** One numeric factor, three variants, and a run that failed. */
  static ExperimentResult overOneNumber(Path directory) throws IOException {
    return result(directory, "{ name = \"<i>CMA</i>\", setting = machine.cma-per-node-mib, values = [0, 400, 800, 1200, 1600] }", "", 6);
  }

  static ExperimentResult overNothing(Path directory) throws IOException {
    return result(directory, "", "", 6);
  }

  static ExperimentResult overWords(Path directory) throws IOException {
    return result(directory, "{ name = \"<i>prealloc</i>\", setting = vms.vm.prealloc, values = [touch, populate] }", "", 6);
  }

  static ExperimentResult overTwoNumbers(Path directory) throws IOException {
    return result(directory, "{ setting = machine.cma-per-node-mib, from = 0, to = 1600, steps = 9, multiple-of = 2 }, "
        + "{ setting = machine.cpus-per-node, values = [4, 5, 6, 7, 8, 9, 10] }", "", 2);
  }

  static ExperimentResult overFourNumbers(Path directory) throws IOException {
    return result(directory, "{ setting = machine.cma-per-node-mib, from = 0, to = 1600, steps = 9, multiple-of = 2 }, "
        + "{ setting = machine.cpus-per-node, values = [4, 5, 6, 7, 8, 9, 10] }, { setting = variant.batch-capacity, values = [15, 31] }, "
        + "{ setting = vms.vm.prealloc, values = [touch, populate] }", "design = sampled, samples = 30", 2);
  }

  /** Ten thousand runs. */
  static ExperimentResult large(Path directory) throws IOException {
    return result(directory, "{ setting = machine.cma-per-node-mib, from = 0, to = 1600, steps = 67, multiple-of = 2 }", "", 50);
  }

  private static ExperimentResult result(Path directory, String vary, String more, int seeds) throws IOException {
    Files.createDirectories(directory.resolve("variants"));
    Files.writeString(directory.resolve("variants").resolve("<b>.conf"),
        "format = 1\nextends = \"linux-6.10\"\ntitle = t\ncommits = []\ntags = []\n");
    Path file = Files.writeString(directory.resolve("made-up.conf"), """
        format = 1
        question = "Is <b>this</b> & \\"that\\" harmless%s?"
        expected = "<b>Yes</b>"
        scenario = vm-start
        variants = ["<b>", linux-6.12, linux-2026]
        measures = [success, vm-start-ms, drain-alls, folios-migrated]
        seeds = %d
        vary = [%s]
        %s
        """.formatted(TROUBLE.replace("\"", ""), seeds, vary, more));
    List<Path> searchPath = List.of(directory, CONFIG);
    Plan plan = Plan.of(ExperimentFile.load(file.toString(), searchPath, 2), searchPath);
    SplittableRandom random = new SplittableRandom(1);
    List<List<RunRecord>> records = new ArrayList<>();
    for (Cell cell : plan.cells()) {
      List<RunRecord> of = new ArrayList<>();
      for (int seed = 1; seed <= seeds; seed++) {
        of.add(records.size() == 1 && seed == 2 ? new RunRecord(seed, TROUBLE, 0, new double[0], List.of(), List.of(), List.of(), List.of())
            : run(cell.point(), records.size() % 3, seed, random));
      }
      records.add(of);
    }
    return Results.of(plan, records);
  }

  private static RunRecord run(int point, int variant, int seed, SplittableRandom random) {
    double[] values = new double[Measures.names().size()];
    Arrays.fill(values, Double.NaN);
    boolean started = variant > 0 || random.nextDouble() > point / 5.0;
    set(values, "success", started ? 1 : 0);
    set(values, "vm-start-ms", started ? 60 + point + variant + random.nextDouble() : Double.NaN);
    set(values, "drain-alls", random.nextInt(10) + 50 * (2 - variant));
    set(values, "folios-migrated", 512 * random.nextInt(64));
    if (seed > 1) {
      return new RunRecord(seed, "", seed, values, List.of(), List.of(), List.of(), List.of());
    }
    List<long[]> series = new ArrayList<>();
    List<long[]> pins = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long at = i * 1_000_000L;
      long[] row = random.longs(Series.header().size(), 0, 1_000_000).toArray();
      row[0] = at;
      series.add(row);
      // vm, cpu, first_page, pages, result, start_ns, end_ns, rounds, local_drains, drain_alls, migrated_pages, failed_pages, blamed_pfn,
      // blamed_cpu
      pins.add(new long[] {0, 0, i * 512L, 512, started || i < 59 ? 0 : -12, at + 100_000, at + 900_000, 1, 0, i % 4 == variant ? 1 : 0,
          i % 2 * 512L, 0, -1, -1});
    }
    return new RunRecord(seed, "", seed, values, List.of(new RunRecord.Vm("<b>vm</b>", true, started ? 0 : -12, 50_000, 59_950_000)),
        List.of(),
        series, pins);
  }

  private static void set(double[] values, String measure, double value) {
    values[Measures.names().indexOf(measure)] = value;
  }
}
