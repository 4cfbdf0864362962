package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a kernel variant from {@code variants/NAME.conf}. A file says every switch, or says which variant it extends
 * and only what differs. The extended one is looked for on the search path, then beside the file.
 */
public final class VariantFile {
  static final String KIND = "variants";

  /** The drain rules that come with Pinfold; any other is named by its class. */
  public static final List<String> DRAIN_RULES = List.of(
      "LRU_FLAG", "REFCOUNT", "ALWAYS", "LRU_OR_MLOCKED", "MLOCKED_NOT_UNEVICTABLE", "OWNER_HINT");

  private static final List<String> ABOUT = List.of("format", "extends", "title", "commits", "tags");
  private static final List<String> SWITCHES = List.of(
      "batch-capacity", "release-batch", "clear-lru-at-queue", "flush-tests-lru", "deactivate-file-tests-lru", "drain-rule",
      "local-drain-first", "pin-refs-in-expectation", "drain-only-if-may-be-cached", "empty-list-is-success",
      "drain-all-drains-local-first", "drain-all-piggybacks", "mglru-non-lru-ineligible", "filter-dead-on-add-flush",
      "migrate-passes", "migrate-drain", "thp-pcp-lists", "mlock-batch", "pcp-high", "fault-lock", "lru-cache-disable",
      "compaction-cma", "cma-half-rule");

  private static final Pattern UPPER_CASE = Pattern.compile("[A-Z]");
  private static final Pattern QUALIFIED_CLASS = Pattern.compile("\\w+([.$]\\w+)+");

  private VariantFile() {}

  /** The names of all variants found in {@code DIRECTORY/variants} of each directory, sorted. */
  public static List<String> names(List<Path> searchPath) {
    return new ConfigPath(searchPath).names(KIND);
  }

  /**
   * Reads a variant.
   *
   * @param name a variant's name, or the path of its file
   * @param searchPath directories that hold {@code variants/}, the first hit wins
   * @throws ConfigError if there is no such variant, or its file cannot be used
   */
  public static VariantSpec load(String name, List<Path> searchPath) {
    return load(name, searchPath, List.of());
  }

  /**
   * Reads a variant with some switches changed.
   *
   * @param overrides {@code switch=value}, applied in this order before anything is checked
   */
  public static VariantSpec load(String name, List<Path> searchPath, List<String> overrides) {
    ConfigPath path = new ConfigPath(searchPath);
    Path file = path.find(KIND, name)
        .orElseThrow(() -> new ConfigError("variant " + name, 0, "", null, path.notFound(KIND, name)));
    return read(file, path, overrides);
  }

  private static VariantSpec read(Path file, ConfigPath path, List<String> overrides) {
    Settings own = open(file);
    Config switches = withInherited(file, own, path, new ArrayList<>());
    Settings all = Settings.root(Overrides.applyToSwitches(switches, SWITCHES, overrides), file.toString());
    VariantSpec spec = new VariantSpec(
        ConfigPath.nameOf(file),
        own.text("title"),
        own.texts("commits"),
        own.texts("tags"),
        all.smallInteger("batch-capacity", 1, 63),
        all.smallInteger("release-batch", 1, 63),
        all.bool("clear-lru-at-queue"),
        all.bool("flush-tests-lru"),
        all.bool("deactivate-file-tests-lru"),
        drainRule(all),
        all.bool("local-drain-first"),
        all.choice("pin-refs-in-expectation", VariantSpec.PinRefs.class),
        all.bool("drain-only-if-may-be-cached"),
        all.bool("empty-list-is-success"),
        all.bool("drain-all-drains-local-first"),
        all.bool("drain-all-piggybacks"),
        all.bool("mglru-non-lru-ineligible"),
        all.bool("filter-dead-on-add-flush"),
        all.choice("migrate-passes", VariantSpec.MigratePasses.class),
        all.choice("migrate-drain", VariantSpec.MigrateDrain.class),
        all.smallInteger("thp-pcp-lists", 1, 2),
        all.choice("mlock-batch", VariantSpec.MlockBatch.class),
        all.choice("pcp-high", VariantSpec.PcpHigh.class),
        all.choice("fault-lock", VariantSpec.FaultLock.class),
        all.choice("lru-cache-disable", VariantSpec.LruCacheDisable.class),
        all.choice("compaction-cma", VariantSpec.CompactionCma.class),
        all.bool("cma-half-rule"));
    requireOnePgLruRule(all, spec);
    return spec;
  }

  /** A variant as a file that says every switch itself; read again it is the same. */
  static String text(VariantSpec variant) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("format", HoconFile.FORMAT);
    for (RecordComponent component : VariantSpec.class.getRecordComponents()) {
      String setting = UPPER_CASE.matcher(component.getName()).replaceAll(letter -> "-" + letter.group().toLowerCase(Locale.ROOT));
      if (!setting.equals("name")) {
        settings.put(setting, plain(component, variant));
      }
    }
    return ConfigValueFactory.fromMap(settings)
        .render(ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false));
  }

  private static Object plain(RecordComponent component, VariantSpec variant) {
    try {
      Object value = component.getAccessor().invoke(variant);
      return value instanceof Enum<?> choice ? Labelled.of(choice) : value;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static Settings open(Path file) {
    Settings own = Settings.root(HoconFile.read(file, file.toString()), file.toString());
    List<String> known = new ArrayList<>(ABOUT);
    known.addAll(SWITCHES);
    own.rejectUnknown(known);
    HoconFile.requireFormat(own);
    return own;
  }

  /** The file's own switches over those of the variant it extends, and so on. */
  private static Config withInherited(Path file, Settings own, ConfigPath path, List<String> descendants) {
    Config switches = own.values().toConfig();
    if (!own.has("extends")) {
      return switches;
    }
    String parentName = own.text("extends");
    List<String> line = new ArrayList<>(descendants);
    line.add(ConfigPath.nameOf(file));
    Path parent = path.find(KIND, parentName)
        .or(() -> Optional.of(file.resolveSibling(parentName + ConfigPath.SUFFIX)).filter(Files::isRegularFile))
        .orElseThrow(() -> own.error("extends", path.notFound(KIND, parentName)));
    if (line.contains(ConfigPath.nameOf(parent))) {
      throw own.error("extends", "a variant cannot extend itself: " + String.join(" extends ", line)
          + " extends " + parentName);
    }
    return switches.withFallback(withInherited(parent, open(parent), path, line));
  }

  private static String drainRule(Settings all) {
    String rule = all.text("drain-rule");
    if (!DRAIN_RULES.contains(rule) && !QUALIFIED_CLASS.matcher(rule).matches()) {
      throw all.error("drain-rule", "must be one of " + String.join(", ", DRAIN_RULES)
          + ", or the full name of a class such as org.example.MyRule" + Settings.didYouMean(rule, DRAIN_RULES));
    }
    return rule;
  }

  private static void requireOnePgLruRule(Settings all, VariantSpec spec) {
    if (spec.clearLruAtQueue() == spec.flushTestsLru()) {
      throw all.error("flush-tests-lru", spec.clearLruAtQueue()
          ? "must be false when clear-lru-at-queue = true: the flush would find PG_lru clear and skip every folio"
          : "must be true when clear-lru-at-queue = false: the flush would move folios that others have isolated");
    }
  }
}
