package pinfold.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final RunSpec SPEC = new RunSpec("scenario", "variant", 1, false, new TreeMap<>());
  private static final String RUN = SPEC.hash();

  @TempDir Path root;
  private RunDirectory directory;

  @BeforeEach
  void submit() {
    directory = new RunDirectory(root, "build");
    directory.saveSpec(RUN, SPEC);
  }

  @Test
  void aFailureHoldsForTheEpochInWhichItWas() {
    directory.nextEpoch(RUN, 0);
    assertThat(directory.unfinished()).containsExactly(RUN);
    directory.saveFailure(RUN, "no space left");
    assertThat(directory.unfinished()).isEmpty();
    directory.nextEpoch(RUN, 0);
    assertThat(directory.unfinished()).as("it was taken up again, wherever the failure is still known").containsExactly(RUN);
  }

  @Test
  void anEpochIsGreaterThanAllThatWereHereOrElsewhere() {
    assertThat(directory.nextEpoch(RUN, 0)).isEqualTo(1);
    assertThat(directory.nextEpoch(RUN, 5)).isEqualTo(6);
    assertThat(directory.nextEpoch(RUN, 2)).isEqualTo(7);
    assertThat(new RunDirectory(root, "build").epoch(RUN)).isEqualTo(7);
  }
}
