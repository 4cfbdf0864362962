package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Applies {@code --set path=value} to a file before it is read. A path goes through groups by name and through lists by
 * position or by the {@code name} of the entry: {@code vms.0.memory-mib} or {@code vms.first.memory-mib}.
 */
final class Overrides {
  static final String OPTION = "--set ";

  private final ConfigObject reference;
  private final Map<String, String> templates;
  private final String assignment;

  private Overrides(ConfigObject reference, Map<String, String> templates, String assignment) {
    this.reference = reference;
    this.templates = templates;
    this.assignment = assignment;
  }

  /**
   * The file with all overrides in it, the later one winning.
   *
   * @param reference every setting there is
   * @param templates which top-level group of the reference describes the entries of which top-level list
   */
  static Config apply(Config file, Config reference, Map<String, String> templates, List<String> assignments) {
    ConfigObject root = file.root();
    for (String assignment : assignments) {
      root = new Overrides(reference.root(), templates, assignment).apply(root);
    }
    return root.toConfig();
  }

  /** Switches of a kernel variant with all overrides in them; there are those that {@code known} names. */
  static Config applyToSwitches(Config switches, List<String> known, List<String> assignments) {
    ConfigObject reference = ConfigValueFactory.fromMap(known.stream().collect(Collectors.toMap(name -> name, name -> 0))).toConfig().root();
    return apply(switches, reference.toConfig(), Map.of(), assignments);
  }

  private ConfigObject apply(ConfigObject root) {
    int equals = assignment.indexOf('=');
    if (equals < 1 || equals == assignment.length() - 1) {
      throw error("", "must be path=value, such as machine.nodes=2");
    }
    List<String> path = Arrays.asList(assignment.substring(0, equals).strip().split("\\.", -1));
    return (ConfigObject) set(root, reference, path, 0);
  }

  private ConfigValue set(ConfigValue current, ConfigValue known, List<String> path, int depth) {
    if (depth == path.size()) {
      return value(known);
    }
    if (!(known instanceof ConfigObject group)) {
      throw error(String.join(".", path), "no such setting: " + String.join(".", path.subList(0, depth))
          + " is a value and has no parts");
    }
    String key = path.get(depth);
    if (!group.containsKey(key)) {
      throw error(String.join(".", path), "no such setting" + Settings.didYouMean(String.join(".", path.subList(0, depth + 1)),
          group.keySet().stream().sorted().map(name -> join(path.subList(0, depth), name)).toList()));
    }
    ConfigObject object = current instanceof ConfigObject own ? own : ConfigFactory.empty().root();
    boolean throughEntries = depth == 0 && path.size() > 1 && templates.containsKey(key);
    return object.withValue(key, throughEntries
        ? setEntry(object.get(key), group.get(templates.get(key)), path)
        : set(object.get(key), group.get(key), path, depth + 1));
  }

  private ConfigValue setEntry(ConfigValue current, ConfigValue template, List<String> path) {
    List<ConfigValue> entries = current instanceof ConfigList list ? new ArrayList<>(list) : new ArrayList<>();
    int index = indexOf(path.get(1), entries);
    if (index < 0) {
      throw error(String.join(".", path), "no such setting: " + path.get(0) + " has " + entries.size()
          + " entries, counted from 0, and none with the name " + path.get(1));
    }
    entries.set(index, set(entries.get(index), template, path, 2));
    return ConfigValueFactory.fromIterable(entries).withOrigin(current.origin());
  }

  private static int indexOf(String entry, List<ConfigValue> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) instanceof ConfigObject object && object.get("name") != null
          && entry.equals(object.get("name").unwrapped())) {
        return i;
      }
    }
    return entry.matches("\\d{1,6}") && Integer.parseInt(entry) < entries.size() ? Integer.parseInt(entry) : -1;
  }

  private ConfigValue value(ConfigValue known) {
    String written = assignment.substring(assignment.indexOf('=') + 1).strip();
    String text = known.valueType() == ConfigValueType.LIST && !written.startsWith("[") ? "[" + written + "]" : written;
    ConfigParseOptions options = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF)
        .setOriginDescription(OPTION + assignment);
    try {
      ConfigValue parsed = ConfigFactory.parseString("value = " + text, options).resolve(ConfigResolveOptions.noSystem())
          .getValue("value");
      return parsed.withOrigin(ConfigOriginFactory.newSimple(OPTION + assignment));
    } catch (ConfigException e) {
      throw error(assignment.substring(0, assignment.indexOf('=')), "is not a HOCON value: " + written);
    }
  }

  private ConfigError error(String setting, String problem) {
    return new ConfigError(OPTION + assignment, 0, setting, null, problem);
  }

  private static String join(List<String> groups, String name) {
    return groups.isEmpty() ? name : String.join(".", groups) + "." + name;
  }
}
