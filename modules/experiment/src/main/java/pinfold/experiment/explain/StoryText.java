package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.List;
import pinfold.experiment.explain.Story.Section;

/** An explanation for a terminal. */
public final class StoryText {
  /** Steps of a timeline that are shown from its beginning and its end where it is longer, unless all are asked for. */
  private static final int FIRST_STEPS = 60;
  private static final int LAST_STEPS = 140;
  private static final String RULE_INDENT = " ".repeat(51) + "rule: ";

  private final boolean all;

  /** @param all timelines are shown whole, however long */
  public StoryText(boolean all) {
    this.all = all;
  }

  /** The lines. */
  public List<String> lines(Story story) {
    List<String> lines = new ArrayList<>(List.of(story.title()));
    for (Section section : story.sections()) {
      lines.add("");
      lines.add(section.heading());
      section.sentences().forEach(sentence -> lines.add("  " + sentence));
      if (!section.steps().isEmpty()) {
        lines.add("");
        lines.addAll(timeline(section.steps()));
      }
    }
    return lines;
  }

  private List<String> timeline(List<Step> steps) {
    List<String> lines = new ArrayList<>();
    lines.add("  %14s %13s  %-5s %-12s %s".formatted("time (s)", "later by (us)", "CPU", "task", "what"));
    long before = steps.getFirst().nanos();
    boolean cut = !all && steps.size() > FIRST_STEPS + LAST_STEPS;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (cut && i == FIRST_STEPS) {
        i = steps.size() - LAST_STEPS;
        lines.add("  ... %,d steps left out; --all shows them ...".formatted(i - FIRST_STEPS));
        before = steps.get(i - 1).nanos();
        step = steps.get(i);
      }
      lines.add("  %14s %13s  %-5s %-12s %s".formatted("%.9f".formatted(step.nanos() / 1e9),
          "%.3f".formatted((step.nanos() - before) / 1e3),
          cpu(step), step.task(), step.what()));
      if (!step.rule().isEmpty()) {
        lines.add(RULE_INDENT + step.rule());
      }
      before = step.nanos();
    }
    return lines;
  }

  private static String cpu(Step step) {
    return step.from().kind() == Lane.Kind.CPU ? Integer.toString(step.from().number())
        : step.to().kind() == Lane.Kind.CPU ? Integer.toString(step.to().number()) : "";
  }
}
