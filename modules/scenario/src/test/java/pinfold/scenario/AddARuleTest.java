package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.engine.SequentialHost;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.variant.FolioView;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.conform.ScriptRun;
import pinfold.scenario.recorded.RecordedScriptFile;

/** docs/add-a-rule.md, done as it says: its class compiled and packed, its variant loaded, both run. */
class AddARuleTest {
  private static final Path PAGE = ConfigDir.SHIPPED.resolve("../docs/add-a-rule.md");

  @TempDir Path temp;

  private String rule;
  private String variantFile;

  @BeforeEach
  void readThePage() throws IOException {
    String page = Files.readString(PAGE);
    rule = block(page, "java");
    variantFile = block(page, "hocon");
  }

  @Test
  void theRuleOfThePageIsShorterThanFortyLines() {
    assertThat(rule.lines().count() + variantFile.lines().count()).isLessThan(40);
  }

  @Test
  void theRuleOfThePageDecides() throws IOException {
    KernelVariant mine = variant("my.Rule", rule);
    KernelVariant shipped = KernelVariants.of(VariantFile.load("linux-6.12.117", List.of(ConfigDir.SHIPPED)));
    // Touched twice, a page waits on the touching CPU's activate batch. CPU 0 pins: its own batch it drains under both rules, ...
    assertThat(pin(mine, "F1,DA,T0:0+8,T0:0+8")).isEqualTo(Map.of("rc", "0", "drain_all", "0", "lru_add_drain", "1"));
    assertThat(pin(shipped, "F1,DA,T0:0+8,T0:0+8")).isEqualTo(Map.of("rc", "0", "drain_all", "0", "lru_add_drain", "1"));
    // ... CPU 1's batch only under the shipped one.
    assertThat(pin(mine, "F1,DA,T1:0+8,T1:0+8")).isEqualTo(Map.of("rc", "-12", "drain_all", "0", "lru_add_drain", "1"));
    assertThat(pin(shipped, "F1,DA,T1:0+8,T1:0+8")).isEqualTo(Map.of("rc", "0", "drain_all", "1", "lru_add_drain", "1"));
  }

  @Test
  void aRuleThatDrainsInACircleIsStopped() throws IOException {
    String circling = rule.replaceFirst("return progress.*;", "return Action.DRAIN_LOCAL;");
    KernelVariant variant = variant("my.Rule", circling);
    assertThatThrownBy(() -> pin(variant, "F1,DA"))
        .hasMessageContaining("drain rule my.Rule answered DRAIN_LOCAL when the call had drained LOCAL");
  }

  @Test
  void aRuleMayNotDrainTheOwnerOfAFolioThatNobodyQueued() throws IOException {
    DrainRule owner = variant("my.Rule", rule.replaceFirst("return progress.*;", "return Action.DRAIN_OWNER;")).drainRule();
    assertThatThrownBy(() -> owner.decide(new QueuedBy(-1), Progress.NONE)).hasMessageContaining("ask lastQueuedOnCpu() first");
    assertThat(owner.decide(new QueuedBy(3), Progress.NONE)).isEqualTo(Action.DRAIN_OWNER);
  }

  @Test
  void aClassThatIsMissingOrNoRuleIsOneMessage() throws IOException {
    ConfigDir dir = new ConfigDir(temp);
    assertThat(dir.complaint(() -> variantUnchecked("my.Missing", rule)))
        .startsWith("variant my-variant: drain-rule = my.Missing: must be one of LRU_FLAG, REFCOUNT, ALWAYS, LRU_OR_MLOCKED, "
            + "MLOCKED_NOT_UNEVICTABLE, OWNER_HINT, or a public class that implements pinfold.kernel.variant.DrainRule, has a "
            + "public constructor without parameters and is in a jar of PINFOLD_CLASSPATH");
    assertThat(dir.complaint(() -> variantUnchecked("java.lang.Object", rule)))
        .contains("drain-rule = java.lang.Object: must be one of");
  }

  private KernelVariant variantUnchecked(String ruleName, String source) {
    try {
      return variant(ruleName, source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page's variant with this rule, from a jar made of this source, as ./pinfold finds it on PINFOLD_CLASSPATH. */
  private KernelVariant variant(String ruleName, String source) throws IOException {
    Path file = Files.writeString(temp.resolve("my-variant.conf"), variantFile.replace("my.Rule", ruleName));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar(source).toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      return KernelVariants.of(VariantFile.load(file.toString(), List.of(ConfigDir.SHIPPED)));
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private Path jar(String source) throws IOException {
    Path javaFile = Files.writeString(Files.createDirectories(temp.resolve("my")).resolve("Rule.java"), source);
    Path classes = Files.createDirectories(temp.resolve("classes"));
    Path kernelModule = Path.of(URI.create(DrainRule.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp", kernelModule.toString(), "-d",
        classes.toString(), javaFile.toString());
    assertThat(result).as("javac").isZero();
    Path jar = Files.createTempFile(temp, "my", ".jar");
    try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry("my/Rule.class"));
      Files.copy(classes.resolve("my/Rule.class"), out);
    }
    return jar;
  }

  /** What CPU 0's pin of eight pages after these operations gives. */
  private Map<String, String> pin(KernelVariant variant, String ops) throws IOException {
    Path script = Files.writeString(temp.resolve("script.txt"), "RND seed=1 n=8 mov=8 ops=" + ops
        + " pre=11111111 post=11111111 rc=0 drain_all=0 lru_add_drain=0 mig_ok=8 mig_fail=0 act=0 deact=0 lazy=0\n");
    try (ScriptRun run = new ScriptRun(RecordedScriptFile.read(script).scripts().getFirst(), variant, SequentialHost::new,
        new long[] {25_000, 25_000, 25_000, 25_000}, 512)) {
      Map<String, String> fields = run.run();
      fields.keySet().retainAll(List.of("rc", "drain_all", "lru_add_drain"));
      return fields;
    }
  }

  private static String block(String page, String language) {
    List<String> blocks = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(page).results()
        .map((MatchResult hit) -> hit.group(1)).toList();
    assertThat(blocks).as(language + " blocks of the page").hasSize(1);
    return blocks.getFirst();
  }

  /** A folio on the LRU that a CPU queued last. */
  private record QueuedBy(int lastQueuedOnCpu) implements FolioView {
    @Override
    public boolean lru() {
      return true;
    }

    @Override
    public boolean mlocked() {
      return false;
    }

    @Override
    public boolean unevictable() {
      return false;
    }

    @Override
    public boolean large() {
      return false;
    }

    @Override
    public int refcount() {
      return 1026;
    }

    @Override
    public int expectedRefcount() {
      return 1;
    }
  }
}
