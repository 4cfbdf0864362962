package pinfold.experiment.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.compare.Small;
import pinfold.experiment.explain.Shrinker.Smallest;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;

class ShrinkerTest {
  private static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));

  /** Counts the runs that are begun; asks for the end after so many reductions. */
  private static final class Counting implements Shrinker.Listener {
    private final int most;
    private int taken;

    Counting(int most) {
      this.most = most;
    }

    @Override
    public RunListener begin(String what, int tried, int takenSoFar) {
      taken = takenSoFar;
      return (now, windows) -> true;
    }

    @Override
    public boolean cancelled() {
      return taken >= most;
    }
  }

  private static Smallest shrink(ScenarioConfig scenario, String variant, Failure failure, int most) {
    return new Shrinker(failure, Small.variant(variant), HostFactory.sequential(), text -> ScenarioFile.parse(text, "small", CONFIG),
        new Counting(most)).shrink(scenario, 1);
  }

  /** Only one VM fails by itself: nobody else and no load is needed, nor more than one node. */
  @Test
  void whatIsLeftFailsInTheSameWayAndHasNothingThatIsNotNeeded() {
    ScenarioConfig first = Small.mainJob();
    Smallest smallest = shrink(first, "linux-6.10", Failure.VM, Integer.MAX_VALUE);

    assertThat(smallest.way()).isEqualTo("a VM fails with ENOMEM, held by a batch lru_activate");
    assertThat(smallest.whole()).isTrue();
    assertThat(smallest.scenario().vms()).hasSize(1);
    assertThat(smallest.scenario().background()).isEmpty();
    assertThat(smallest.scenario().machine().nodes()).hasSize(1);
    assertThat(smallest.scenario().vms().getFirst().memoryPages()).isLessThan(first.vms().getFirst().memoryPages());
    ScenarioConfig again = ScenarioFile.parse(smallest.scenario().effective(), "again", CONFIG);
    assertThat(Failure.VM.way(again, new ScenarioRun(again, Small.variant("linux-6.10"), smallest.seed(), HostFactory.sequential())
        .run((now, windows) -> true))).isEqualTo(smallest.way());
    assertThat(Failure.VM.way(again, new ScenarioRun(again, Small.variant("yangge-v1"), smallest.seed(), HostFactory.sequential())
        .run((now, windows) -> true))).as("the rule that drains always").isEmpty();
  }

  @Test
  void theSmallestSoFarIsThereWhenTheEndIsAskedFor() {
    Smallest smallest = shrink(Small.mainJob(), "linux-6.10", Failure.VM, 1);
    assertThat(smallest.taken()).hasSizeBetween(1, 2);
    assertThat(smallest.whole()).isFalse();
    assertThat(smallest.scenario().vms().size()).isLessThan(5);
  }

  @Test
  void whatDoesNotFailIsNotReduced() {
    Smallest smallest = shrink(Small.mainJob(), "yangge-v1", Failure.VM, Integer.MAX_VALUE);
    assertThat(smallest.way()).isEmpty();
    assertThat(smallest.tried()).isEqualTo(1);
  }
}
