package pinfold.cli.backend;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import pinfold.cluster.front.Tls;
import pinfold.scenario.ConfigError;

/** A file with settings of a cluster, as config/cluster-tls.conf. */
final class SettingsFile {
  private SettingsFile() {}

  static Config read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try {
      return ConfigFactory.parseFile(file.toFile());
    } catch (ConfigException e) {
      throw wrong(file, e);
    }
  }

  /** What such a file says about TLS, for a command that talks to members which have it. */
  static Tls tls(Path file) throws IOException {
    try {
      return Tls.of(read(file).resolve()).orElseThrow(() -> new ConfigError(file.toString(), 0, "pekko.remote.artery.transport", null,
          "has to be tls-tcp here: this file says nothing about TLS, as config/cluster-tls.conf does"));
    } catch (ConfigException | IllegalArgumentException e) {
      throw wrong(file, e);
    }
  }

  private static ConfigError wrong(Path file, RuntimeException why) {
    return new ConfigError(file.toString(), 0, "", null, why.getMessage());
  }
}
