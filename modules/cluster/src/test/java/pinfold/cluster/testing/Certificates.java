package pinfold.cluster.testing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Certificates of deploy/make-test-certificates.sh, and config/cluster-tls.conf with them. */
public final class Certificates {
  private final Path directory;

  /** @param directory gets one directory per authority */
  public Certificates(Path directory) {
    this.directory = directory;
  }

  /** Makes an authority and certificates, {@code NAME=HOST} each. */
  public void make(String authority, String... members) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(repository().resolve("deploy/make-test-certificates.sh").toString(),
        directory.resolve(authority).toString()));
    command.addAll(List.of(members));
    ProcessBuilder script = new ProcessBuilder(command).inheritIO();
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    int code = script.start().waitFor();
    if (code != 0) {
      throw new AssertionError("certificates were not made: exit code " + code);
    }
  }

  /** What the files are under that an authority made. */
  public String password(String authority) throws IOException {
    return Files.readString(directory.resolve(authority).resolve("password"));
  }

  /** A file of an authority, as {@code ca.p12}. */
  public Path file(String authority, String name) {
    return directory.resolve(authority).resolve(name);
  }

  /** The settings of somebody who has the key store {@code keys} of one authority and trusts another. */
  public Config settings(String authority, String keys, String trusted) throws IOException {
    // The stores of a stranger are under two passwords; the file asks for one, as a member has one authority.
    return ConfigFactory.parseMap(Map.of(
            "pekko.remote.artery.ssl.config-ssl-engine.trust-store-password", password(trusted)))
        .withFallback(ConfigFactory.parseFile(repository().resolve("config/cluster-tls.conf").toFile()))
        .withFallback(ConfigFactory.parseMap(Map.of(
            "PINFOLD_TLS_KEYS", file(authority, keys + ".p12").toString(),
            "PINFOLD_TLS_TRUST", file(trusted, "trust.p12").toString(),
            "PINFOLD_TLS_PASSWORD", password(authority))));
  }

  private static Path repository() {
    Path path = Path.of("").toAbsolutePath();
    while (!Files.exists(path.resolve("pinfold"))) {
      path = path.getParent();
    }
    return path;
  }
}
