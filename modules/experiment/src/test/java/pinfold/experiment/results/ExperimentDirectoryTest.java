package pinfold.experiment.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentDirectoryTest {
  @TempDir Path home;

  @Test
  void whatIsPutIsThereAtOnceAndStays() throws IOException {
    Path target = home.resolve("deep/results");
    try (ExperimentDirectory directory = ExperimentDirectory.open(target, "build 1", "e")) {
      assertThat(directory.run("abcdef")).isNull();
      directory.putRun("abcdef", new byte[] {1, 2});
      directory.putRun("abcxyz", new byte[] {3});
    }
    Files.writeString(target.resolve("runs/ab/abzzzz.run.partial"), "half");
    try (ExperimentDirectory directory = ExperimentDirectory.open(target, "build 1", "e")) {
      assertThat(directory.run("abcdef")).containsExactly(1, 2);
      directory.keepRuns(Set.of("abcdef"));
      assertThat(target.resolve("runs/ab")).isDirectoryContaining("glob:**abcdef.run");
      assertThat(Files.list(target.resolve("runs/ab"))).hasSize(1);
    }
  }

  @Test
  void oneProcessAtATimeAndOneBuild() throws IOException {
    try (ExperimentDirectory directory = ExperimentDirectory.open(home.resolve("r"), "build 1", "e")) {
      assertThatThrownBy(() -> ExperimentDirectory.open(home.resolve("r"), "build 1", "e")).isInstanceOf(NotAResultException.class)
          .hasMessageContaining("is in use by another run");
      directory.putRun("abcdef", new byte[] {1});
    }
    assertThatThrownBy(() -> ExperimentDirectory.open(home.resolve("r"), "build 2", "e")).isInstanceOf(NotAResultException.class)
        .hasMessageContaining("has results of build 1, and this is build 2");
    assertThat(home.resolve("r/runs/ab/abcdef.run")).as("nothing is touched").exists();
  }

  @Test
  void foreignThingsAreLeftAlone() throws IOException {
    Path photos = Files.createDirectory(home.resolve("photos"));
    Files.writeString(photos.resolve("a.jpg"), "mine");
    assertThatThrownBy(() -> ExperimentDirectory.open(photos, "b", "e")).hasMessageContaining("left alone");
    assertThat(Files.list(photos)).containsExactly(photos.resolve("a.jpg"));
    assertThatThrownBy(() -> ExperimentDirectory.open(photos.resolve("a.jpg"), "b", "e")).hasMessageContaining("is a file");
  }
}
