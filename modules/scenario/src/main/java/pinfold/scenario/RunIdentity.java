package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What a run depends on, as a short text: two runs of one build with the same identity have the same result. Words for people, and lists of
 * what else is run, are not in it. Of a drain rule that is a class it has the name alone.
 */
public final class RunIdentity {
  private static final int BYTES = 16;

  /** Of all but the seed. */
  private final MessageDigest withoutSeed;

  /**
   * What runs of a scenario depend on but for their seed.
   *
   * @param searchPath where a machine file that the scenario names is looked for
   */
  public RunIdentity(ScenarioConfig scenario, VariantSpec variant, List<Path> searchPath) {
    Config config = HoconFile.parse(scenario.effective(), scenario.name()).withoutPath("title").withoutPath("variants").withoutPath("seeds");
    MessageDigest digest = sha256();
    add(digest, config.root().render(ConfigRenderOptions.concise()));
    String machine = config.getString("machine.file");
    if (!machine.isEmpty()) {
      ConfigPath path = new ConfigPath(searchPath);
      Path file = path.find(MachineFile.KIND, machine)
          .orElseThrow(() -> new ConfigError("machine " + machine, 0, "", null, path.notFound(MachineFile.KIND, machine)));
      add(digest, TextFile.read(file, file.toString()));
    }
    add(digest, variant.withoutWords().toString());
    withoutSeed = digest;
  }

  /** Of the run with a seed. */
  public String of(long seed) {
    try {
      MessageDigest digest = (MessageDigest) withoutSeed.clone();
      add(digest, Long.toString(seed));
      return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("a digest of Java's own can be copied", e);
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
