package pinfold.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.Results;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Plan;
import pinfold.scenario.ExperimentFile;

class PairWordsTest {
  private static final Path CONFIG = Path.of("..", "..", "config");

  @TempDir Path directory;

  /** Two points, two variants, two seeds: for each cell in order success and drains of its runs. */
  private ExperimentResult result(double[][]... cells) throws IOException {
    Path file = Files.writeString(directory.resolve("pairs.conf"), """
        format = 1
        question = "Is it?"
        scenario = vm-start
        variants = [linux-6.10, linux-6.12]
        measures = [success, drain-alls]
        seeds = 2
        vary = [{ name = CMA, setting = machine.cma-per-node-mib, values = [0, 400] }]
        """);
    Plan plan = Plan.of(ExperimentFile.load(file.toString(), List.of(CONFIG), 2), List.of(CONFIG));
    List<List<RunRecord>> records = new ArrayList<>();
    for (double[][] cell : cells) {
      records.add(List.of(run(1, cell[0]), run(2, cell[1])));
    }
    return Results.of(plan, records);
  }

  private static RunRecord run(int seed, double[] successAndDrains) {
    double[] values = new double[Measures.names().size()];
    Arrays.fill(values, Double.NaN);
    values[Measures.names().indexOf("success")] = successAndDrains[0];
    values[Measures.names().indexOf("drain-alls")] = successAndDrains[1];
    return new RunRecord(seed, "", seed, values, List.of(), List.of(), List.of(), List.of());
  }

  private static String drains(ExperimentResult result) {
    return new PairWords(result, 1, Measures.named("drain-alls")).sentence();
  }

  @Test
  void fewerDrainsOfARunThatFailedAreNotBetter() throws IOException {
    double[][] started = {{1, 64}, {1, 64}};
    double[][] failed = {{0, 0}, {0, 0}};
    assertThat(drains(result(started, failed, started, failed)))
        .isEqualTo("lower in every pair; in 4 of them not both succeeded");
  }

  @Test
  void onlyRunsThatBothSucceededAreJudged() throws IOException {
    double[][] started = {{1, 64}, {1, 32}};
    double[][] fewer = {{1, 0}, {1, 2}};
    double[][] failed = {{0, 0}, {0, 0}};
    // Where both did: 64 and 32 against 0 and 2.
    assertThat(drains(result(started, fewer, started, failed))).isEqualTo(
        "lower in every pair; in 2 of them not both succeeded; among the others lower in every pair (better); on average 1 against 48");
  }

  @Test
  void whereAllSucceededItIsOneSentence() throws IOException {
    double[][] some = {{1, 64}, {1, 32}};
    double[][] more = {{1, 64}, {1, 40}};
    assertThat(drains(result(some, some, some, more)))
        .isEqualTo("higher in 1 of 4 pairs, the same in the others (worse); on average 50 against 48");
  }

  @Test
  void theAnswerSaysWhereAndHowMuch() throws IOException {
    double[][] started = {{1, 64}, {1, 64}};
    double[][] half = {{1, 3}, {0, 1}};
    double[][] failed = {{0, 0}, {0, 0}};
    assertThat(new ExperimentText(result(started, failed, failed, half), Optional.empty()).answer()).containsExactly(
        "linux-6.10: succeeded in 2 of 4 runs: all with CMA = 0; none with CMA = 400. Where all did: drains of all CPUs 64",
        "linux-6.12: succeeded in 1 of 4 runs: 1 of 2 with CMA = 400; none with CMA = 0");
  }
}
