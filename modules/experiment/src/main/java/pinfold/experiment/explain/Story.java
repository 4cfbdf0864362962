package pinfold.experiment.explain;

import java.util.List;

/**
 * An explanation: sections of sentences and timelines.
 *
 * @param title one line
 */
public record Story(String title, List<Section> sections) {
  /** Some sentences, and what happened in the order of time; either may be missing. */
  public record Section(String heading, List<String> sentences, List<Step> steps) {
    public Section {
      sentences = List.copyOf(sentences);
      steps = List.copyOf(steps);
    }
  }

  public Story {
    sections = List.copyOf(sections);
  }
}
