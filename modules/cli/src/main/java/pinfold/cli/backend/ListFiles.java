package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pinfold.experiment.report.TextTable;
import pinfold.experiment.report.TextTable.Column;
import pinfold.experiment.results.Json;
import pinfold.scenario.ScenarioFile;

/** Lists the files of a configuration directory with the title of each, or the settings of a scenario with theirs. */
final class ListFiles implements BackEnd<ListRequest> {
  private static final Pattern TITLE = Pattern.compile("(?m)^title\\s*[=:]\\s*\"([^\"]*)\"");

  private record Entry(String name, String file, String about) {}

  @Override
  public boolean execute(ListRequest request, Session session) throws IOException {
    if (request.kind() == ListRequest.Kind.SETTINGS) {
      session.out().print(request.json() ? Json.pretty(ScenarioFile.reference()) : ScenarioFile.reference());
      return true;
    }
    boolean variants = request.kind() == ListRequest.Kind.VARIANTS;
    Path directory = session.home().resolve("config").resolve(variants ? "variants" : "scenarios");
    List<Entry> entries = entries(directory, session.home());
    if (request.json()) {
      session.out().print(Json.pretty(entries));
    } else if (entries.isEmpty()) {
      session.out().println("none in " + directory);
    } else {
      // A variant is named, a scenario is given as a file.
      TextTable table = new TextTable(Column.text(variants ? "variant" : "scenario"), Column.text("what it is"));
      entries.forEach(entry -> table.row(variants ? entry.name() : entry.file(), entry.about()));
      session.out().print(table.render(session.terminal().columns()));
    }
    return true;
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

  /** The file's title; files are listed even if something else in them is wrong. */
  private static String about(Path file) throws IOException {
    Matcher title = TITLE.matcher(Files.readString(file));
    return title.find() ? title.group(1) : "";
  }
}
