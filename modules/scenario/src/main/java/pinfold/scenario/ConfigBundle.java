package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * Everything that a run is configured by, as texts that can travel: a directory with these files, as a search path, gives the same
 * scenario and variant wherever it is.
 *
 * @param scenario name of the scenario among the files
 * @param variant name of the variant among the files
 * @param files texts by path, as {@code variants/NAME.conf}
 */
public record ConfigBundle(String scenario, String variant, TreeMap<String, String> files) {
  /**
   * Packs a scenario and a variant as they were loaded, overrides included, and the variants that the search path has.
   *
   * @throws ConfigError if there is no such machine file
   */
  public static ConfigBundle of(ScenarioConfig scenario, VariantSpec variant, List<Path> searchPath) {
    ConfigPath path = new ConfigPath(searchPath);
    TreeMap<String, String> files = new TreeMap<>();
    for (String name : path.names(VariantFile.KIND)) {
      path.find(VariantFile.KIND, name).ifPresent(file -> files.put(VariantFile.KIND + "/" + name + ConfigPath.SUFFIX, read(file)));
    }
    files.put(VariantFile.KIND + "/" + variant.name() + ConfigPath.SUFFIX, VariantFile.text(variant));
    files.put(ScenarioFile.KIND + "/" + scenario.name() + ConfigPath.SUFFIX, withMachine(scenario, path, files));
    return new ConfigBundle(scenario.name(), variant.name(), files);
  }

  private static String withMachine(ScenarioConfig scenario, ConfigPath path, TreeMap<String, String> files) {
    Config config = ConfigFactory.parseString(scenario.effective());
    String machine = config.hasPath("machine.file") ? config.getString("machine.file") : "";
    if (machine.isEmpty()) {
      return scenario.effective();
    }
    Path file = path.find(MachineFile.KIND, machine)
        .orElseThrow(() -> new ConfigError("machine " + machine, 0, "", null, path.notFound(MachineFile.KIND, machine)));
    String name = ConfigPath.nameOf(file);
    files.put(MachineFile.KIND + "/" + name + ConfigPath.SUFFIX, read(file));
    return config.withValue("machine.file", ConfigValueFactory.fromAnyRef(name)).root()
        .render(ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
