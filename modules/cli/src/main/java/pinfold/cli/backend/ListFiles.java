package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.report.TextTable;
import pinfold.experiment.report.TextTable.Column;
import pinfold.experiment.results.Json;
import pinfold.kernel.cost.Cost;
import pinfold.scenario.ExperimentFile;
import pinfold.scenario.Labelled;
import pinfold.scenario.ScenarioFile;

/** Lists the files of a configuration directory with the title of each, the settings of a kind of file with theirs, or the measures. */
final class ListFiles implements BackEnd<ListRequest> {
  private static final Pattern ABOUT = Pattern.compile("(?m)^(?:title|question)\\s*[=:]\\s*\"([^\"]*)\"");

  private record Entry(String name, String file, String about) {}

  @Override
  public boolean execute(ListRequest request, Session session) throws IOException {
    switch (request.kind()) {
      case SETTINGS -> reference(ScenarioFile.reference(), request, session);
      case EXPERIMENT_SETTINGS -> reference(ExperimentFile.reference(), request, session);
      case MEASURES -> show(Measures.all().stream().map(measure -> new Entry(measure.name(), "", measure.titleWithUnit())).toList(), "measure",
          Entry::name, request, session);
      case COSTS -> show(Arrays.stream(Cost.values()).map(ListFiles::entry).toList(), "cost", Entry::name, request, session);
      // A variant is named, others are given as files.
      case VARIANTS -> files("variants", "variant", Entry::name, request, session);
      case SCENARIOS -> files("scenarios", "scenario", Entry::file, request, session);
      case EXPERIMENTS -> files("experiments", "experiment", Entry::file, request, session);
    }
    return true;
  }

  private static Entry entry(Cost cost) {
    return new Entry(Labelled.of(cost), "", "%,d ns, %s: %s".formatted(cost.nanos(), Labelled.of(cost.basis()), cost.source()));
  }

  private static void reference(String text, ListRequest request, Session session) {
    session.out().print(request.json() ? Json.pretty(text) : text);
  }

  private static void files(String directory, String kind, Function<Entry, String> name, ListRequest request, Session session)
      throws IOException {
    Path path = session.home().resolve("config").resolve(directory);
    List<Entry> entries = entries(path, session.home());
    if (entries.isEmpty() && !request.json()) {
      session.out().println("none in " + path);
    } else {
      show(entries, kind, name, request, session);
    }
  }

  private static void show(List<Entry> entries, String kind, Function<Entry, String> name, ListRequest request, Session session) {
    if (request.json()) {
      session.out().print(Json.pretty(entries));
      return;
    }
    TextTable table = new TextTable(Column.text(kind), Column.text("what it is"));
    entries.forEach(entry -> table.row(name.apply(entry), entry.about()));
    session.out().print(table.render(session.terminal().columns()));
  }

  private static List<Entry> entries(Path directory, Path home) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> files;
    try (Stream<Path> tree = Files.list(directory)) {
      files = tree.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    }
    List<Entry> entries = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString().replaceFirst("\\.conf$", "");
      entries.add(new Entry(name, home.relativize(file).toString(), about(file)));
    }
    return entries;
  }

  /** The file's title, or its question; files are listed even if something else in them is wrong. */
  private static String about(Path file) throws IOException {
    Matcher title = ABOUT.matcher(Files.readString(file));
    return title.find() ? title.group(1) : "";
  }
}
