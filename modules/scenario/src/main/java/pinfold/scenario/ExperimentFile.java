package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pinfold.scenario.ExperimentConfig.Better;
import pinfold.scenario.ExperimentConfig.Point;
import pinfold.scenario.ExperimentConfig.Sensitivity;
import pinfold.scenario.ExperimentConfig.Until;
import pinfold.scenario.ExperimentConfig.Wanted;
import pinfold.scenario.Factor.Level;

/**
 * Reads an experiment from {@code experiments/NAME.conf}. {@code reference-experiment.conf} explains every setting and holds its default.
 * That the scenario has the settings which are varied is seen when its cells are made.
 */
public final class ExperimentFile {
  static final String KIND = "experiments";
  static final String REFERENCE = "reference-experiment.conf";

  /** What a setting of the kernel variants begins with. */
  private static final String SWITCH = "variant.";

  private static final int MOST_SEEDS = 1_000_000;
  private static final int MOST_LEVELS = 100_000;
  /** No run takes less, so that the number of runs says how long an experiment takes at least. */
  private static final double LEAST_RUN_SECONDS = 0.01;
  private static final double MOST_DAYS = 30;
  /** Each is a row of a report, and a scenario that is read before anything runs. */
  private static final int MOST_POINTS = 10_000;

  private ExperimentFile() {}

  /** The names of all experiments found in {@code DIRECTORY/experiments} of each directory, sorted. */
  public static List<String> names(List<Path> searchPath) {
    return new ConfigPath(searchPath).names(KIND);
  }

  /** The text of the reference: every setting with its default and meaning. */
  public static String reference() {
    return HoconFile.resourceText(REFERENCE);
  }

  /**
   * Reads an experiment.
   *
   * @param name an experiment's name, or the path of its file
   * @param searchPath directories that hold {@code experiments/} and what they name
   * @param processors of the machine that is to run it, for which more runs than it could ever do are refused
   * @throws ConfigError if there is no such experiment, or its file cannot be used
   */
  public static ExperimentConfig load(String name, List<Path> searchPath, int processors) {
    ConfigPath path = new ConfigPath(searchPath);
    Path file = path.find(KIND, name)
        .orElseThrow(() -> new ConfigError("experiment " + name, 0, "", null, path.notFound(KIND, name)));
    Config own = HoconFile.read(file, file.toString());
    HoconFile.requireFormat(Settings.root(own, file.toString()));
    return read(Settings.overDefaults(own, HoconFile.readResource(REFERENCE), file.toString()), ConfigPath.nameOf(file), processors);
  }

  /**
   * An experiment of which a program says the settings, those of a file: maps, lists, texts and numbers.
   *
   * @param name of the experiment
   * @param processors as for {@link #load}
   * @throws ConfigError if some setting cannot be used
   */
  public static ExperimentConfig of(Map<String, ?> settings, String name, int processors) {
    String source = "experiment " + name;
    Config own = ConfigFactory.parseMap(settings, source);
    return read(Settings.overDefaults(own, HoconFile.readResource(REFERENCE), source), name, processors);
  }

  static ExperimentConfig read(Settings root, String name, int processors) {
    HoconFile.requireFormat(root);
    String question = said(root, "question");
    if (!question.endsWith("?")) {
      throw root.error("question", "must be one sentence that ends with a question mark");
    }
    List<Factor> factors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Settings item : root.items("vary", root.child("vary-defaults").values())) {
      Factor factor = factor(item, root.child("level-defaults"));
      if (!names.add(factor.name())) {
        throw item.error("name", "must differ from that of every other factor, and " + factor.name() + " does not");
      }
      factors.add(factor);
    }
    Design design = root.choice("design", Design.class);
    int samples = root.smallInteger("samples", 0, MOST_LEVELS);
    requireDesign(root, design, factors, samples);
    int seeds = root.smallInteger("seeds", 1, MOST_SEEDS);
    List<String> variants = root.texts("variants");
    if (new HashSet<>(variants).size() != variants.size()) {
      throw root.error("variants", "must not name a variant twice");
    }
    requirePossible(root, design.count(factors, samples), Math.max(1, variants.size()), seeds, processors);
    List<Wanted> measures = measures(root);
    List<Point> points = design.points(factors, samples, root.integer("sample-seed", 0, Long.MAX_VALUE));
    return new ExperimentConfig(name, question, root.text("expected"), said(root, "scenario"), root.texts("set"), variants, factors,
        points, seeds, until(root, measures, seeds), measures, sensitivity(root.child("sensitivity"), points.size()),
        root.smallInteger("keep-series-of-seeds", 0, MOST_SEEDS), root.smallInteger("wall-limit-s", 0, 30 * 24 * 3600), effective(root));
  }

  private static String said(Settings root, String key) {
    String text = root.text(key).strip();
    if (text.isEmpty()) {
      throw root.error(key, "must be said");
    }
    return text;
  }

  private static String effective(Settings root) {
    return root.values().toConfig().withoutPath("vary-defaults").withoutPath("level-defaults").root()
        .render(ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false));
  }

  private static Factor factor(Settings item, Settings levelDefaults) {
    boolean ranges = item.smallInteger("steps", 0, MOST_LEVELS) > 0;
    List<String> values = item.scalars("values");
    List<Settings> levels = item.items("levels", levelDefaults.values());
    if ((ranges ? 1 : 0) + (values.isEmpty() ? 0 : 1) + (levels.isEmpty() ? 0 : 1) != 1) {
      throw item.error("must have exactly one of values, levels, and a range with steps of 1 or more");
    }
    String setting = item.text("setting").strip();
    if (setting.isEmpty() == levels.isEmpty()) {
      throw item.error("setting", levels.isEmpty() ? "must be said: it is what the values are of"
          : "must be left out where there are levels, which say all their settings themselves");
    }
    String name = item.text("name").isBlank() ? setting : item.text("name").strip();
    if (name.isEmpty()) {
      throw item.error("name", "must be said where there are levels");
    }
    List<Level> all = levels.isEmpty() ? (ranges ? range(item) : values).stream().map(value -> level(value, List.of(setting + "=" + value))).toList()
        : levels.stream().map(level -> level(said(level, "label"), level.texts("set"))).toList();
    if (new HashSet<>(all.stream().map(Level::label).toList()).size() != all.size()) {
      throw item.error("has the same value twice");
    }
    return new Factor(name, all);
  }

  private static Level level(String label, List<String> assignments) {
    return new Level(label, number(label), assignments.stream().filter(one -> !one.startsWith(SWITCH)).toList(),
        assignments.stream().filter(one -> one.startsWith(SWITCH)).map(one -> one.substring(SWITCH.length())).toList());
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static List<String> range(Settings item) {
    long from = item.integer("from", Long.MIN_VALUE / 4, Long.MAX_VALUE / 4);
    long to = item.integer("to", Long.MIN_VALUE / 4, Long.MAX_VALUE / 4);
    int steps = item.smallInteger("steps", 2, MOST_LEVELS);
    long multiple = item.integer("multiple-of", 1, Long.MAX_VALUE / 4);
    boolean log = item.choice("scale", Scale.class) == Scale.LOG;
    if (to <= from) {
      throw item.error("to", "must be more than from = " + from);
    }
    if (log && from < 1) {
      throw item.error("from", "must be at least 1 with scale = log");
    }
    Set<String> values = new LinkedHashSet<>();
    for (int i = 0; i < steps; i++) {
      double part = (double) i / (steps - 1);
      double exact = log ? from * Math.pow((double) to / from, part) : from + part * (to - from);
      values.add(Long.toString(Math.round(exact / multiple) * multiple));
    }
    return List.copyOf(values);
  }

  private static void requireDesign(Settings root, Design design, List<Factor> factors, int samples) {
    if (design == Design.SAMPLED == (samples == 0)) {
      throw root.error("samples", design == Design.SAMPLED ? "must be 1 or more with design = sampled" : "needs design = sampled");
    }
    if (design == Design.PAIRED && factors.stream().mapToInt(factor -> factor.levels().size()).distinct().count() > 1) {
      throw root.error("design", "needs factors with equally many values, but they have "
          + String.join(", ", factors.stream().map(factor -> factor.name() + " " + factor.levels().size()).toList()));
    }
  }

  private static void requirePossible(Settings root, long points, int variants, int seeds, int processors) {
    double runs = (double) points * variants * seeds;
    double days = runs * LEAST_RUN_SECONDS / processors / 86_400;
    if (days > MOST_DAYS) {
      throw new ConfigError(root.source(), 0, "vary", null, String.format(Locale.ROOT, "%,d points with %d variants and %d seeds are %,.0f "
          + "runs, which take %,.0f days on %d processors if each takes a hundredth of a second: use fewer values, or design = sampled",
          points, variants, seeds, runs, days, processors));
    }
    if (points > MOST_POINTS) {
      throw new ConfigError(root.source(), 0, "vary", null, String.format(Locale.ROOT, "%,d points are more than a report can show, "
          + "%,d at most: use fewer values, or design = sampled", points, MOST_POINTS));
    }
  }

  private static List<Wanted> measures(Settings root) {
    List<Wanted> measures = new ArrayList<>();
    for (String text : root.texts("measures")) {
      String[] words = text.strip().split("\\s+");
      Optional<Better> better = switch (words.length == 2 ? words[0] : "") {
        case "lower" -> Optional.of(Better.LOWER);
        case "higher" -> Optional.of(Better.HIGHER);
        default -> Optional.empty();
      };
      if (words.length > 2 || words.length == 2 && better.isEmpty()) {
        throw root.error("measures", "must be names of measures, each with lower or higher before it or not");
      }
      measures.add(new Wanted(words[words.length - 1], better));
    }
    if (measures.isEmpty()) {
      throw root.error("measures", "must name at least one measure");
    }
    return measures;
  }

  private static Optional<Until> until(Settings root, List<Wanted> measures, int seeds) {
    Settings until = root.child("until");
    String measure = until.text("measure").strip();
    double precision = until.share("precision");
    int most = until.smallInteger("most-seeds", 1, MOST_SEEDS);
    if (measure.isEmpty()) {
      return Optional.empty();
    }
    if (measures.stream().noneMatch(wanted -> wanted.name().equals(measure))) {
      throw until.error("measure", "must be one of measures, which are " + String.join(", ", measures.stream().map(Wanted::name).toList()));
    }
    if (precision == 0) {
      throw until.error("precision", "must be more than 0");
    }
    if (most < seeds) {
      throw until.error("most-seeds", "must be no less than seeds = " + seeds);
    }
    return Optional.of(new Until(measure, precision, most));
  }

  private static Sensitivity sensitivity(Settings sensitivity, int points) {
    int point = sensitivity.smallInteger("point", -1, points - 1);
    return new Sensitivity(sensitivity.smallInteger("seeds", 0, MOST_SEEDS), point < 0 ? points / 2 : point);
  }

  private enum Scale {
    LINEAR,
    LOG
  }
}
