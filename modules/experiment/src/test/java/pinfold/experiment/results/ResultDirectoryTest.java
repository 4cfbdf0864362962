package pinfold.experiment.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultDirectoryTest {
  private static final Manifest MANIFEST = Manifest.of("0.1.0 test", List.of("compare", "x.conf"), "x.conf",
      List.of("linux-6.12"), List.of(1L, 2L), "sequential", true, Map.of("linux-6.12/1", "00ff"));

  @TempDir Path home;

  @Test
  void nothingIsThereBeforeCommitAndEverythingAfter() throws IOException {
    Path target = home.resolve("deep/out");
    try (ResultDirectory result = ResultDirectory.create(target)) {
      result.text("effective.conf", "seed = 1\n");
      result.csv("series/runs.csv", List.of("variant", "errno"), List.of(List.of("a,\"b\"", 12), Arrays.asList(null, 0)));
      assertThat(target).doesNotExist();
      result.commit(MANIFEST);
    }
    assertThat(names(target)).containsExactly("effective.conf", "manifest.json", "series/runs.csv");
    assertThat(target.resolve("series/runs.csv")).hasContent("variant,errno\n\"a,\"\"b\"\"\",12\n,0\n");
    assertThat(Files.readString(target.resolve("manifest.json"))).startsWith("{\n  \"format\": \"pinfold-result\",\n")
        .contains("\"linux-6.12/1\": \"00ff\"");
    assertThat(names(home)).as("no staging directory stays").allMatch(name -> name.startsWith("deep/out/"));
  }

  @Test
  void closingWithoutCommitLeavesNothing() throws IOException {
    try (ResultDirectory result = ResultDirectory.create(home.resolve("out"))) {
      result.text("a.txt", "half");
    }
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void anEarlierResultStaysUntilTheNewOneIsWhole() throws IOException {
    Path target = home.resolve("out");
    write(target, "first.txt");
    try (ResultDirectory result = ResultDirectory.create(target)) {
      result.text("second.txt", "2");
      assertThat(names(target)).containsExactly("first.txt", "manifest.json");
      result.commit(MANIFEST);
    }
    assertThat(names(target)).containsExactly("manifest.json", "second.txt");
    assertThat(names(home)).allMatch(name -> name.startsWith("out/"));
  }

  @Test
  void anEmptyDirectoryMayBeUsed() throws IOException {
    write(Files.createDirectory(home.resolve("out")), "first.txt");
    assertThat(home.resolve("out/first.txt")).exists();
  }

  @Test
  void foreignFilesAreRefusedBeforeTheRunAndLeftAlone() throws IOException {
    Path target = Files.createDirectory(home.resolve("photos"));
    Files.writeString(target.resolve("manifest.json"), "{\"format\": \"something else\"}");
    assertThatThrownBy(() -> ResultDirectory.create(target)).isInstanceOf(NotAResultException.class)
        .hasMessageContaining("photos").hasMessageContaining("left alone");
    Path file = Files.writeString(home.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> ResultDirectory.create(file)).isInstanceOf(NotAResultException.class);
    assertThat(names(home)).containsExactly("notes.txt", "photos/manifest.json");
  }

  @Test
  void foreignFilesThatAppearDuringTheRunAreLeftAloneToo() throws IOException {
    Path target = home.resolve("out");
    try (ResultDirectory result = ResultDirectory.create(target)) {
      Files.createDirectory(target);
      Files.writeString(target.resolve("thesis.tex"), "years");
      assertThatThrownBy(() -> result.commit(MANIFEST)).isInstanceOf(NotAResultException.class);
    }
    assertThat(names(home)).containsExactly("out/thesis.tex");
  }

  @Test
  void namesOutsideTheResultAreRefused() throws IOException {
    try (ResultDirectory result = ResultDirectory.create(home.resolve("out"))) {
      assertThatThrownBy(() -> result.text("../x", "")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> result.text("manifest.json", "")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void write(Path target, String name) throws IOException {
    try (ResultDirectory result = ResultDirectory.create(target)) {
      result.text(name, "1");
      result.commit(MANIFEST);
    }
  }

  private static List<String> names(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.filter(Files::isRegularFile).map(file -> root.relativize(file).toString()).sorted().toList();
    }
  }
}
