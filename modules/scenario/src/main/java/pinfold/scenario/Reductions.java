package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * Smaller versions of a scenario: without some of its VMs or background tasks, or with less memory, fewer CPUs, or less to do. Some cannot
 * be used; whoever reads them learns it.
 */
public final class Reductions {
  /**
   * A scenario with one thing less.
   *
   * @param what that is, as {@code vms: without left, right}
   * @param text of a scenario's file
   */
  public record Reduction(String what, String text) {}

  private static final List<String> LISTS = List.of("vms", "background", "memory-cgroups");
  private static final List<String> MACHINE = List.of("machine.nodes", "machine.cpus-per-node", "machine.memory-per-node-mib",
      "machine.cma-per-node-mib", "memory-in-use.anonymous-per-node-mib", "memory-in-use.page-cache-per-node-mib",
      "memory-in-use.kernel-per-node-mib", "vm-defaults.memory-mib", "vm-defaults.prealloc-threads", "vm-defaults.vcpus",
          "duration-limit-ms");
  private static final List<String> ENTRY = List.of("memory-mib", "prealloc-threads", "vcpus", "count", "working-set-kib", "max-ops",
      "ops-per-burst", "memory-max-mib", "file-kib", "kernel-memory-kib");
  /** What is not halved any more. */
  private static final int LEAST = 1;

  private final Config scenario;
  private final List<Reduction> all = new ArrayList<>();

  private Reductions(Config scenario) {
    this.scenario = scenario;
  }

  /**
   * All that are one step away, in an order that depends on the scenario alone: those that take away most first.
   *
   * @param effective a scenario as {@link ScenarioConfig#effective} gives it
   */
  public static List<Reduction> of(String effective) {
    Reductions reductions = new Reductions(HoconFile.parse(effective, "scenario"));
    LISTS.forEach(reductions::entriesLess);
    MACHINE.forEach(reductions::half);
    LISTS.forEach(reductions::halfInEntries);
    return List.copyOf(reductions.all);
  }

  private void add(String what, Config smaller) {
    all.add(new Reduction(what, smaller.root().render(
        ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false))));
  }

  private List<ConfigValue> entries(String list) {
    return scenario.hasPath(list) && scenario.getValue(list) instanceof ConfigList entries ? entries : List.of();
  }

  /** Halves of the list, then quarters, and so on to single entries. */
  private void entriesLess(String list) {
    List<ConfigValue> entries = entries(list);
    for (int chunk = (entries.size() + 1) / 2; chunk >= 1; chunk = chunk == 1 ? 0 : (chunk + 1) / 2) {
      for (int from = 0; from < entries.size(); from += chunk) {
        int to = Math.min(entries.size(), from + chunk);
        List<ConfigValue> gone = entries.subList(from, to);
        List<ConfigValue> left = new ArrayList<>(entries.subList(0, from));
        left.addAll(entries.subList(to, entries.size()));
        add(list + ": without " + String.join(", ", gone.stream().map(Reductions::name).toList()),
            scenario.withValue(list, ConfigValueFactory.fromIterable(left.stream().map(entry -> following(entry, gone)).toList())));
      }
    }
  }

  /** An entry that would start after one that is gone starts after whom that one did, or at once. */
  private static ConfigValue following(ConfigValue entry, List<ConfigValue> gone) {
    ConfigValue result = entry;
    for (int i = 0; i <= gone.size(); i++) {
      for (ConfigValue one : gone) {
        if (result instanceof ConfigObject object && object.containsKey("start-after")
            && object.get("start-after").unwrapped().equals(name(one))) {
          ConfigValue before = ((ConfigObject) one).get("start-after");
          result = before == null ? object.withoutKey("start-after") : object.withValue("start-after", before);
        }
      }
    }
    return result;
  }

  private static String name(ConfigValue entry) {
    ConfigObject object = (ConfigObject) entry;
    ConfigValue named = object.containsKey("name") ? object.get("name") : object.get("kind");
    return named == null ? "one" : String.valueOf(named.unwrapped());
  }

  private void half(String path) {
    if (!scenario.hasPath(path) || scenario.getValue(path).valueType() != ConfigValueType.NUMBER) {
      return;
    }
    long value = scenario.getLong(path);
    if (value > LEAST) {
      Config smaller = scenario.withValue(path, ConfigValueFactory.fromAnyRef(value / 2));
      add(path + " = " + value / 2, path.equals("machine.nodes") ? withDistances(smaller, (int) value / 2) : smaller);
    }
  }

  /** The distances among the nodes that are left. */
  private static Config withDistances(Config scenario, int nodes) {
    String path = "machine.distances";
    if (!scenario.hasPath(path) || scenario.getList(path).size() <= nodes) {
      return scenario;
    }
    List<List<Object>> distances = scenario.getList(path).subList(0, nodes).stream()
        .map(row -> ((ConfigList) row).subList(0, nodes).stream().map(ConfigValue::unwrapped).toList()).toList();
    return scenario.withValue(path, ConfigValueFactory.fromIterable(distances));
  }

  private void halfInEntries(String list) {
    List<ConfigValue> entries = entries(list);
    for (int i = 0; i < entries.size(); i++) {
      ConfigObject entry = (ConfigObject) entries.get(i);
      for (String key : ENTRY) {
        if (entry.containsKey(key) && entry.get(key).unwrapped() instanceof Number number && number.longValue() > LEAST) {
          List<ConfigValue> changed = new ArrayList<>(entries);
          changed.set(i, entry.withValue(key, ConfigValueFactory.fromAnyRef(number.longValue() / 2)));
          add(list + "." + name(entry) + "." + key + " = " + number.longValue() / 2,
              scenario.withValue(list, ConfigValueFactory.fromIterable(changed)));
        }
      }
    }
  }
}
