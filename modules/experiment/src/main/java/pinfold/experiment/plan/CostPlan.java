package pinfold.experiment.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.Cost.Basis;
import pinfold.scenario.ExperimentConfig;
import pinfold.scenario.ExperimentConfig.Point;
import pinfold.scenario.ExperimentConfig.Sensitivity;
import pinfold.scenario.Factor;
import pinfold.scenario.Factor.Level;
import pinfold.scenario.Labelled;

/** The experiment that asks what another one's answer owes to assumed costs: at one of its points, with each of them halved and doubled. */
public final class CostPlan {
  private static final String NAME = "cost";

  private CostPlan() {}

  /** The costs that are varied. Point 0 has them all as they are; point 2 i + 1 has cost i halved, the next one doubled. */
  public static List<Cost> costs() {
    return Arrays.stream(Cost.values()).filter(cost -> cost.basis() == Basis.ASSUMED).toList();
  }

  /** The plan, if the experiment asks for it. */
  public static Optional<Plan> of(Plan plan) {
    Sensitivity wanted = plan.experiment().sensitivity();
    if (wanted.seeds() == 0) {
      return Optional.empty();
    }
    ExperimentConfig of = plan.experiment();
    List<Level> at = of.levels(of.points().get(wanted.point()));
    List<Level> levels = new ArrayList<>();
    levels.add(level("as they are", at, ""));
    for (Cost cost : costs()) {
      levels.add(level(Labelled.of(cost) + " halved", at, Labelled.of(cost) + "=" + cost.nanos() / 2));
      levels.add(level(Labelled.of(cost) + " doubled", at, Labelled.of(cost) + "=" + cost.nanos() * 2));
    }
    ExperimentConfig varied = new ExperimentConfig(of.name(), of.question(), "", of.scenario(), of.settings(), of.variants(),
        List.of(new Factor(NAME, levels)), IntStream.range(0, levels.size()).mapToObj(i -> new Point(List.of(i))).toList(), wanted.seeds(),
        Optional.empty(), of.measures(), new Sensitivity(0, 0), 0, of.wallLimitSeconds(), of.effective());
    return Optional.of(Plan.of(varied, plan.searchPath()));
  }

  private static Level level(String label, List<Level> at, String cost) {
    List<String> settings = new ArrayList<>();
    at.forEach(level -> settings.addAll(level.settings()));
    if (!cost.isEmpty()) {
      settings.add("costs=[\"" + cost + "\"]");
    }
    return new Level(label, Double.NaN, settings, at.stream().flatMap(level -> level.switches().stream()).toList());
  }
}
