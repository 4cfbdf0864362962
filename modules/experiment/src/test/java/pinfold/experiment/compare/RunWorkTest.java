package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunWorkTest {
  @ParameterizedTest
  @ValueSource(strings = {"linux-6.12", "linux-6.10"})
  void allWorkIsDoneWhenTheLastVmHasStartedOrFailed(String variant) {
    List<Double> shares = shares(variant, true);
    assertThat(shares.getFirst()).isLessThan(0.1);
    assertThat(shares.getLast()).isEqualTo(1.0);
    assertThat(shares).allMatch(share -> share >= 0 && share <= 1);
  }

  /** The run ends long before its limit of 20 s, of which it would have done 2 or 3 % by then. */
  @Test
  void halfOfTheTimeIsRoughlyHalfOfTheWork() {
    List<Double> shares = shares("linux-6.12", true);
    assertThat(shares.get(shares.size() / 2)).isBetween(0.25, 0.75);
  }

  @Test
  void whoListensChangesNothing() {
    RunResult heard = new ScenarioRun(Small.mainJob(), Small.variant("linux-6.12"), 1, HostFactory.sequential())
        .run(noting(new ArrayList<>()));
    RunResult unheard = Small.run(Small.mainJob(), "linux-6.12", 1, HostFactory.sequential());
    assertThat(heard.digestText()).isEqualTo(unheard.digestText());
  }

  private static List<Double> shares(String variant, boolean onActors) {
    List<Double> shares = new ArrayList<>();
    HostFactory hosts = onActors ? HostFactory.actors(2) : HostFactory.sequential();
    new ScenarioRun(Small.mainJob(), Small.variant(variant), 1, hosts).run(noting(shares));
    return shares;
  }

  private static RunListener noting(List<Double> shares) {
    return new RunListener() {
      @Override
      public void workDone(double share) {
        shares.add(share);
      }

      @Override
      public boolean onProgress(long nowNanos, long windows) {
        return true;
      }
    };
  }
}
