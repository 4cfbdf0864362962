package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user is told who gets an experiment file wrong, word for word; and that every setting of it is read. */
class BadExperimentTest {
  @TempDir Path temp;

  private ExperimentConfig load(String text) throws IOException {
    return ExperimentFile.load(Files.writeString(temp.resolve("e.conf"), text).toString(), List.of(temp), 2);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      # a line in the file | what is said about it
      vari = [] | vari = []: no such setting; did you mean vary?
      question = "Why" | question = "Why": must be one sentence that ends with a question mark
      scenario = "" | scenario = "": must be said
      vary = [ { setting = a } ] | vary[0]: must have exactly one of values, levels, and a range with steps of 1 or more
      vary = [ { setting = a, values = [1], steps = 3, to = 9 } ] | vary[0]: must have exactly one of values, levels, and a range with steps of 1 or more
      vary = [ { values = [1] } ] | vary[0].setting = "" (by default): must be said: it is what the values are of
      vary = [ { setting = a, values = [[1]] } ] | vary[0].values = [1]: must be a list of numbers or texts, such as [0, 256, 512]
      vary = [ { setting = a, values = [1, 1] } ] | vary[0]: has the same value twice
      vary = [ { setting = a, values = [1] }, { setting = a, values = [2] } ] | vary[1].name = "" (by default): must differ from that of every other factor, and a does not
      vary = [ { setting = a, from = 5, to = 5, steps = 2 } ] | vary[0].to = 5: must be more than from = 5
      vary = [ { setting = a, from = 0, to = 5, steps = 2, scale = log } ] | vary[0].from = 0: must be at least 1 with scale = log
      vary = [ { setting = a, levels = [ { label = x } ] } ] | vary[0].setting = "a": must be left out where there are levels, which say all their settings themselves
      vary = [ { setting = a, values = [1, 2] }, { setting = b, values = [1] } ], design = paired | design = "paired": needs factors with equally many values, but they have a 2, b 1
      design = sampled | samples = 0 (by default): must be 1 or more with design = sampled
      samples = 4 | samples = 4: needs design = sampled
      seeds = 0 | seeds = 0: must be from 1 to 1000000
      until { measure = scanned, precision = 0.1 } | until.measure = "scanned": must be one of measures, which are success
      until { measure = success } | until.precision = 0 (by default): must be more than 0
      until { measure = success, precision = 0.1, most-seeds = 5 } | until.most-seeds = 5: must be no less than seeds = 10
      measures = [] | measures = []: must name at least one measure
      measures = ["less scanned"] | measures = ["less scanned"]: must be names of measures, each with lower or higher before it or not
      variants = [a, a] | variants = ["a","a"]: must not name a variant twice
      sensitivity.point = 1 | sensitivity.point = 1: must be from -1 to 0
      """)
  void everyMistakeIsNamed(String line, String said) {
    assertThatThrownBy(() -> load("format = 1\nquestion = \"Q?\"\nscenario = s\n" + line)).isInstanceOf(ConfigError.class)
        .satisfies(error -> assertThat(error.getMessage().replaceFirst("^.*?e\\.conf(:\\d+)?: ", "")).isEqualTo(said));
  }

  @Test
  void moreRunsThanCanEverBeAreCounted() {
    assertThatThrownBy(() -> load("format = 1\nquestion = \"Q?\"\nscenario = s\nvariants = [a, b]\nseeds = 1000\n"
        + "vary = [ { setting = x, from = 1, to = 100000, steps = 100000 }, { setting = y, from = 1, to = 1000, steps = 1000 } ]"))
        .hasMessageContaining("100,000,000 points with 2 variants and 1000 seeds are 200,000,000,000 runs, which take 11,574 days on 2 processors");
    assertThatThrownBy(() -> load("format = 1\nquestion = \"Q?\"\nscenario = s\nseeds = 1\n"
        + "vary = [ { setting = x, from = 1, to = 101, steps = 101 }, { setting = y, from = 1, to = 100, steps = 100 } ]"))
        .hasMessageContaining("10,100 points are more than a report can show, 10,000 at most");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grid", "paired"})
  void rangesAndDesigns(String design) throws IOException {
    ExperimentConfig read = load("format = 1\nquestion = \"Q?\"\nscenario = s\ndesign = " + design + "\nvary = ["
        + "{ setting = x, from = 1, to = 100, steps = 3, scale = log }, { setting = variant.batch-capacity, values = [7, 15, 31] }]");
    assertThat(read.factors().get(0).levels()).extracting(Factor.Level::label).containsExactly("1", "10", "100");
    assertThat(read.factors().get(0).levels().get(1).settings()).containsExactly("x=10");
    assertThat(read.factors().get(1).levels().get(2).switches()).containsExactly("batch-capacity=31");
    assertThat(read.points()).hasSize(design.equals("grid") ? 9 : 3);
    assertThat(read.points().getLast().levels()).containsExactly(2, 2);
  }

  @Test
  void aSampleHasEveryValueEquallyOften() throws IOException {
    ExperimentConfig read = load("format = 1\nquestion = \"Q?\"\nscenario = s\ndesign = sampled\nsamples = 40\nvary = ["
        + "{ setting = x, from = 1, to = 20, steps = 20 }, { setting = y, values = [a, b, c, d, e] }]");
    assertThat(read.points()).hasSize(40);
    for (int level = 0; level < 20; level++) {
      int of = level;
      assertThat(read.points()).filteredOn(point -> point.levels().get(0) == of).hasSize(2);
      assertThat(read.points()).filteredOn(point -> point.levels().get(1) == of).hasSize(of < 5 ? 8 : 0);
    }
    assertThat(read.points().stream().map(point -> point.levels().get(1)).toList()).as("shuffled").isNotEqualTo(
        load("format = 1\nquestion = \"Q?\"\nscenario = s\ndesign = sampled\nsample-seed = 2\nsamples = 40\nvary = ["
            + "{ setting = x, from = 1, to = 20, steps = 20 }, { setting = y, values = [a, b, c, d, e] }]").points().stream()
            .map(point -> point.levels().get(1)).toList());
  }

  @Test
  void everySettingOfTheReferenceIsRead() {
    Settings root = Settings.overDefaults(HoconFile.parse("format = 1\nquestion = \"Q?\"\nscenario = s\nuntil.measure = success\n"
        + "until.precision = 0.1\nvary = [{ setting = x, values = [1] }]", "e.conf"), HoconFile.readResource(ExperimentFile.REFERENCE), "e.conf");
    ExperimentFile.read(root, "e", 2);
    assertThat(root.unread()).allMatch(key -> key.matches("(vary|level)-defaults\\..*|vary\\[0]\\.(from|to|multiple-of|scale)"));
  }

  @Test
  void aRunDependsOnSettingsAndSwitchesAndNotOnWords() {
    List<Path> shipped = List.of(Path.of("..", "..", "config"));
    ScenarioConfig scenario = ScenarioFile.load("vm-passthrough", shipped, List.of());
    VariantSpec variant = VariantFile.load("linux-6.12", shipped);
    String identity = new RunIdentity(scenario, variant, shipped).of(1);
    assertThat(new RunIdentity(ScenarioFile.load("vm-passthrough", shipped, List.of("title=\"Another\"", "seeds=[5]", "variants=[linux-6.10]")),
        variant, shipped).of(1)).isEqualTo(identity);
    assertThat(List.of(new RunIdentity(scenario, variant, shipped).of(2),
        new RunIdentity(scenario, VariantFile.load("linux-6.12", shipped, List.of("batch-capacity=30")), shipped).of(1),
        new RunIdentity(ScenarioFile.load("vm-passthrough", shipped, List.of("vms.0.memory-mib=510")), variant, shipped).of(1),
        new RunIdentity(ScenarioFile.load("vm-passthrough", shipped, List.of("costs=[\"pin-page=10\"]")), variant, shipped).of(1)))
        .doesNotContain(identity).doesNotHaveDuplicates();
  }
}
