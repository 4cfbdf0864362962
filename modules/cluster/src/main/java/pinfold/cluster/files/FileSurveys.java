package pinfold.cluster.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import pinfold.cluster.files.FileMessage.Have;
import pinfold.cluster.files.FileMessage.HeldRun;
import pinfold.cluster.files.FileMessage.WhatHaveYou;

/** Asks members what they have, and fetches the small files that this one lacks. An epoch is not fetched: the manager writes it. */
final class FileSurveys {
  /** Ticks without all answers after which those who owe one are asked again. */
  private static final int PATIENCE_TICKS = 2;

  private final Path root;
  private final MemberLinks links;
  private final FileFetcher fetcher;
  private final TreeMap<Long, Survey> surveys = new TreeMap<>();
  private long questions;

  private static final class Survey {
    final long question;
    final String run;
    final Consumer<Surveyed> then;
    /** By member that has not said everything yet: the last run of what it said. */
    final TreeMap<String, String> open = new TreeMap<>();
    final TreeMap<String, Integer> epochs = new TreeMap<>();
    final Set<String> files = new HashSet<>();
    int ticks;

    Survey(long question, String run, Consumer<Surveyed> then) {
      this.question = question;
      this.run = run;
      this.then = then;
    }
  }

  FileSurveys(Path root, MemberLinks links, FileFetcher fetcher) {
    this.root = root;
    this.links = links;
    this.fetcher = fetcher;
  }

  /** @param run one, or empty for all */
  void survey(List<String> members, String run, Consumer<Surveyed> then) {
    Survey survey = new Survey(questions++, run, then);
    members.forEach(member -> survey.open.put(member, ""));
    surveys.put(survey.question, survey);
    ask(survey);
    endIfComplete(survey);
  }

  private void ask(Survey survey) {
    survey.ticks = 0;
    survey.open.forEach((member, after) -> ask(survey, member, after));
  }

  private void ask(Survey survey, String member, String after) {
    links.tell(member, new WhatHaveYou(links.self(), survey.question, survey.run, after));
  }

  void answered(Have answer) {
    Survey survey = surveys.get(answer.question());
    if (survey == null || !survey.open.containsKey(answer.from())) {
      return;
    }
    for (HeldRun run : answer.runs()) {
      survey.epochs.merge(run.run(), run.epoch(), Math::max);
      run.files().stream().filter(RunPath::isAllowed).forEach(survey.files::add);
    }
    if (answer.more() && !answer.runs().isEmpty()) {
      survey.open.put(answer.from(), answer.runs().getLast().run());
      ask(survey, answer.from(), answer.runs().getLast().run());
    } else {
      survey.open.remove(answer.from());
      endIfComplete(survey);
    }
  }

  private void endIfComplete(Survey survey) {
    if (!survey.open.isEmpty() || surveys.remove(survey.question) == null) {
      return;
    }
    List<String> small = survey.files.stream().filter(file -> RunPath.isSmall(file) && !RunPath.isEpoch(file)).sorted().toList();
    fetcher.fetch(small, missing -> survey.then.accept(new Surveyed(survey.epochs, file -> {
      return Files.exists(file) || survey.files.contains(RunPath.of(root, file));
    })));
  }

  void tick() {
    List<String> others = links.others();
    for (Survey survey : new ArrayList<>(surveys.values())) {
      survey.open.keySet().retainAll(others);
      endIfComplete(survey);
      if (++survey.ticks > PATIENCE_TICKS) {
        ask(survey);
      }
    }
  }
}
