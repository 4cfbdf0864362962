package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One object of a configuration file and the only reader of its values. Every value is checked for type and range
 * as it is read, and every complaint names file, line, setting, value and what would be right. It remembers which
 * keys were read, so that a test can tell that no documented setting is dead.
 */
final class Settings {
  /** What may end the name of a setting that has a unit. */
  private static final List<String> UNITS = List.of("ns", "us", "ms", "kib", "mib", "pages");

  /** Files of defaults. */
  private static final Set<String> REFERENCES = Set.of(ScenarioFile.REFERENCE, MachineFile.REFERENCE, ExperimentFile.REFERENCE);

  /** How the library describes a group with parts in several places. */
  private static final Pattern MERGED = Pattern.compile("merge of (.*?): (\\d+)(?:-\\d+)?,.*");

  private final ConfigObject values;
  private final ConfigOrigin origin;
  private final String path;
  private final String source;
  private final Set<String> read = new TreeSet<>();
  private final List<Settings> children = new ArrayList<>();

  private Settings(ConfigObject values, ConfigOrigin origin, String path, String source) {
    this.values = values;
    this.origin = origin;
    this.path = path;
    this.source = source;
  }

  /** A whole file; {@code source} names it where a value has no place of its own. */
  static Settings root(Config config, String source) {
    return new Settings(config.root(), config.origin(), "", source);
  }

  /** A whole file whose every setting is among {@code defaults}, which also answer for what the file does not say. */
  static Settings overDefaults(Config file, Config defaults, String source) {
    root(file, source).rejectUnknown(defaults.root());
    return new Settings(file.withFallback(defaults).root(), file.origin(), "", source);
  }

  /** The name of the file that was read. */
  String source() {
    return source;
  }

  /** Whether the setting has a value, by itself or by default. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  /** Whether the user wrote the value, in the file or in an override. */
  boolean given(String key) {
    return has(key) && !isDefault(values.get(key).origin());
  }

  /** A whole number from {@code min} to {@code max}, both included. */
  long integer(String key, long min, long max) {
    ConfigValue value = value(key, ConfigValueType.NUMBER, "a whole number" + inItsUnit(key));
    double exact = ((Number) value.unwrapped()).doubleValue();
    long number = ((Number) value.unwrapped()).longValue();
    if (exact != Math.rint(exact)) {
      throw error(key, "must be a whole number" + inItsUnit(key));
    }
    if (number < min || number > max || Math.abs(exact) >= 0x1p63) {
      throw error(key, max == Long.MAX_VALUE ? "must be at least " + min : "must be from " + min + " to " + max);
    }
    return number;
  }

  /** As {@link #integer}, for a value that fits an int. */
  int smallInteger(String key, int min, int max) {
    return (int) integer(key, min, max);
  }

  /** A share from 0 to 1, both included. */
  double share(String key) {
    ConfigValue value = value(key, ConfigValueType.NUMBER, "a share from 0.0 to 1.0");
    double share = ((Number) value.unwrapped()).doubleValue();
    if (!(share >= 0 && share <= 1)) {
      throw error(key, "must be a share from 0.0 to 1.0");
    }
    return share;
  }

  boolean bool(String key) {
    return (Boolean) value(key, ConfigValueType.BOOLEAN, "true or false").unwrapped();
  }

  String text(String key) {
    return (String) value(key, ConfigValueType.STRING, "text").unwrapped();
  }

  /** Text, also if it looks like a number: {@code cpus = 7} and {@code cpus = "4-15"}. */
  String textOrNumber(String key) {
    ConfigValue value = required(key);
    return value.valueType() == ConfigValueType.NUMBER
        ? String.valueOf(integer(key, Integer.MIN_VALUE, Integer.MAX_VALUE))
        : text(key);
  }

  /** One of the constants of {@code type}, written as {@link Labelled#of} says. */
  <E extends Enum<E>> E choice(String key, Class<E> type) {
    List<String> known = Arrays.stream(type.getEnumConstants()).map(Labelled::of).toList();
    String written = (String) value(key, ConfigValueType.STRING, "one of " + String.join(", ", known)).unwrapped();
    for (E choice : type.getEnumConstants()) {
      if (Labelled.of(choice).equals(written)) {
        return choice;
      }
    }
    throw error(key, "must be one of " + String.join(", ", known) + didYouMean(written, known));
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (ConfigValue item : list(key, "a list of texts, such as [a, b]")) {
      if (item.valueType() != ConfigValueType.STRING) {
        throw error(key, item, "must be a list of texts, such as [a, b]");
      }
      texts.add((String) item.unwrapped());
    }
    return List.copyOf(texts);
  }

  /** A list of numbers, texts, and true or false, each as it is written. */
  List<String> scalars(String key) {
    List<String> scalars = new ArrayList<>();
    for (ConfigValue item : list(key, "a list of values, such as [0, 256, 512]")) {
      if (item.valueType() == ConfigValueType.OBJECT || item.valueType() == ConfigValueType.LIST || item.valueType() == ConfigValueType.NULL) {
        throw error(key, item, "must be a list of numbers or texts, such as [0, 256, 512]");
      }
      scalars.add(String.valueOf(item.unwrapped()));
    }
    return List.copyOf(scalars);
  }

  List<Long> integers(String key) {
    List<Long> numbers = new ArrayList<>();
    for (ConfigValue item : list(key, "a list of whole numbers, such as [1, 2, 3]")) {
      if (!(item.unwrapped() instanceof Number number) || number.doubleValue() != Math.rint(number.doubleValue())) {
        throw error(key, item, "must be a list of whole numbers, such as [1, 2, 3]");
      }
      numbers.add(number.longValue());
    }
    return List.copyOf(numbers);
  }

  /** A list of lists of whole numbers, such as a distance matrix. */
  List<List<Integer>> matrix(String key) {
    String wanted = "must be a list of rows of whole numbers, such as [[10, 20], [20, 10]]";
    List<List<Integer>> rows = new ArrayList<>();
    for (ConfigValue row : list(key, "a list of rows of whole numbers, such as [[10, 20], [20, 10]]")) {
      if (!(row instanceof ConfigList cells)) {
        throw error(key, row, wanted);
      }
      List<Integer> numbers = new ArrayList<>();
      for (ConfigValue cell : cells) {
        if (!(cell.unwrapped() instanceof Integer number)) {
          throw error(key, cell, wanted);
        }
        numbers.add(number);
      }
      rows.add(List.copyOf(numbers));
    }
    return List.copyOf(rows);
  }

  /** The object under {@code key}. */
  Settings child(String key) {
    ConfigValue value = value(key, ConfigValueType.OBJECT, "a group of settings in braces");
    return remember(new Settings((ConfigObject) value, value.origin(), pathOf(key), source));
  }

  /** The objects of the list under {@code key}; each has the settings of {@code template} and no others. */
  List<Settings> items(String key, ConfigObject template) {
    List<Settings> items = new ArrayList<>();
    ConfigList list = list(key, "a list of groups of settings, such as [ { ... }, { ... } ]");
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof ConfigObject item)) {
        throw error(key, list.get(i), "must be a list of groups of settings, such as [ { ... }, { ... } ]");
      }
      String itemPath = pathOf(key) + "[" + i + "]";
      new Settings(item, item.origin(), itemPath, source).rejectUnknown(template);
      items.add(remember(new Settings(item.withFallback(template), item.origin(), itemPath, source)));
    }
    return items;
  }

  /** The object itself, to be a template of {@link #items} or to be printed. */
  ConfigObject values() {
    return values;
  }

  /** Refuses every key that is not among {@code known}, naming the one that was probably meant. */
  void rejectUnknown(Collection<String> known) {
    values.keySet().stream().filter(key -> !known.contains(key)).min(inFileOrder()).ifPresent(key -> {
      throw unknown(key, known);
    });
  }

  private void rejectUnknown(ConfigObject template) {
    rejectUnknown(template.keySet().stream().sorted().toList());
    for (String key : values.keySet().stream().sorted().toList()) {
      if (values.get(key) instanceof ConfigObject group && template.get(key) instanceof ConfigObject known) {
        new Settings(group, group.origin(), pathOf(key), source).rejectUnknown(known);
      }
    }
  }

  /** A complaint about the value of {@code key}. */
  ConfigError error(String key, String problem) {
    return has(key) ? error(key, values.get(key), problem) : errorHere(pathOf(key), null, problem);
  }

  /** A complaint about this object as a whole. */
  ConfigError error(String problem) {
    return errorHere(path, null, problem);
  }

  /** Every setting below this one that has a value and was never read; for tests. */
  List<String> unread() {
    List<String> unread = new ArrayList<>();
    values.keySet().stream().sorted().filter(key -> !read.contains(key)).map(this::pathOf).forEach(unread::add);
    children.forEach(child -> unread.addAll(child.unread()));
    return unread;
  }

  private ConfigError unknown(String key, Collection<String> known) {
    for (String unit : UNITS) {
      if (known.contains(key + "-" + unit)) {
        return error(key, "the unit belongs to the name: write " + pathOf(key + "-" + unit));
      }
    }
    return error(key, "no such setting" + didYouMean(pathOf(key), known.stream().map(this::pathOf).toList()));
  }

  static String didYouMean(String written, Collection<String> known) {
    return Nearest.to(written, known).map(nearest -> "; did you mean " + nearest + "?").orElse("");
  }

  private ConfigValue required(String key) {
    read.add(key);
    ConfigValue value = values.get(key);
    if (value == null) {
      throw error(key, "is missing");
    }
    return value;
  }

  private ConfigValue value(String key, ConfigValueType type, String wanted) {
    ConfigValue value = required(key);
    if (value.valueType() != type) {
      throw error(key, "must be " + wanted);
    }
    return value;
  }

  private ConfigList list(String key, String wanted) {
    return (ConfigList) value(key, ConfigValueType.LIST, wanted);
  }

  private ConfigError error(String key, ConfigValue value, String problem) {
    return isDefault(value.origin())
        ? errorHere(pathOf(key), shown(value) + " (by default)", problem)
        : new ConfigError(fileOf(value.origin()), lineOf(value.origin()), pathOf(key), shown(value), problem);
  }

  /** A complaint at the place of this object; a user has nothing to do with the places of defaults. */
  private ConfigError errorHere(String setting, String value, String problem) {
    return path.isEmpty() || isDefault(origin)
        ? new ConfigError(source, 0, setting, value, problem)
        : new ConfigError(fileOf(origin), lineOf(origin), setting, value, problem);
  }

  private static boolean isDefault(ConfigOrigin origin) {
    return REFERENCES.contains(fileOf(origin));
  }

  private Comparator<String> inFileOrder() {
    return Comparator.<String>comparingInt(key -> lineOf(values.get(key).origin())).thenComparing(key -> key);
  }

  private Settings remember(Settings child) {
    children.add(child);
    return child;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** A list may hold a group for each of many objects: show no more of a value than fits a line. */
  private static String shown(ConfigValue value) {
    String text = value.render(ConfigRenderOptions.concise());
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  /** Of a group that the file and the defaults share, the file's part; of anything else, where it was written. */
  private static String fileOf(ConfigOrigin origin) {
    Matcher merged = MERGED.matcher(origin.description());
    return merged.matches() ? merged.group(1) : origin.description().replaceFirst(": \\d+(-\\d+)?$", "");
  }

  private static int lineOf(ConfigOrigin origin) {
    Matcher merged = MERGED.matcher(origin.description());
    return merged.matches() ? Integer.parseInt(merged.group(2))
        : origin.description().startsWith(Overrides.OPTION) ? 0 : origin.lineNumber();
  }

  private static String inItsUnit(String key) {
    String unit = key.substring(key.lastIndexOf('-') + 1);
    return switch (unit) {
      case "ns" -> " of nanoseconds, without a unit";
      case "us" -> " of microseconds, without a unit";
      case "ms" -> " of milliseconds, without a unit";
      case "kib" -> " of KiB, without a unit";
      case "mib" -> " of MiB, without a unit";
      case "pages" -> " of pages";
      default -> "";
    };
  }

  @Override
  public String toString() {
    return values.keySet().stream().sorted().collect(Collectors.joining(", ", path + "{", "}"));
  }
}
