package pinfold.cluster.member;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run as it is submitted: everything that its result depends on.
 *
 * @param scenario name of the scenario among {@code files}
 * @param variant name of the kernel variant among {@code files}
 * @param files texts of the configuration by path, as {@code scenarios/NAME.conf}; nothing is read from a member's own configuration
 */
public record RunSpec(String scenario, String variant, long seed, TreeMap<String, String> files) {
  /** Most characters of configuration that a run may bring along. */
  public static final int MOST_CHARACTERS = 4 << 20;

  public RunSpec {
    files = new TreeMap<>(files);
    long characters = 0;
    for (Map.Entry<String, String> file : files.entrySet()) {
      characters += file.getKey().length() + file.getValue().length();
      if (!file.getKey().matches("(scenarios|variants|machines)/[A-Za-z0-9._-]+\\.conf") || file.getKey().contains("..")) {
        throw new IllegalArgumentException("'" + file.getKey() + "' is no path of a scenario, variant or machine file");
      }
    }
    if (characters > MOST_CHARACTERS) {
      throw new IllegalArgumentException("the configuration has " + characters + " characters, at most " + MOST_CHARACTERS
          + " may be submitted");
    }
  }

  /** What tells this run from others: equal for equal runs, 16 hexadecimal digits. */
  public String hash() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      add(sha, scenario);
      add(sha, variant);
      add(sha, Long.toString(seed));
      files.forEach((path, text) -> {
        add(sha, path);
        add(sha, text);
      });
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    sha.update(bytes);
  }
}
