package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.engine.SequentialHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.InvariantViolation;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.node.MemoryNode;

class FailedRunTest {
  private int started;

  /** The second run begins with a folio that nobody has. */
  private final HostFactory hosts = (entities, windowNanos) -> {
    if (++started == 2) {
      MemoryNode node = (MemoryNode) entities.stream().filter(entity -> entity instanceof MemoryNode).findFirst().orElseThrow();
      node.folios().create(1 << FolioTable.SECTION_SHIFT, 0, 1, 0, 0);
    }
    return new SequentialHost(entities, windowNanos);
  };

  @Test
  void theOthersOfAComparisonEndAndItsViolationIsReported() {
    Comparison comparison = new Comparer(Small.mainJob(), List.of(Small.variant("linux-6.11")), List.of(1L, 2L, 3L))
        .run(1, hosts, CheckLevel.TOUCHED, label -> (now, windows) -> true);
    assertThat(comparison.runs()).extracting(RunResult::seed).containsExactly(1L, 3L);
    assertThat(comparison.table().render(200)).contains("linux-6.11");
    assertThat(comparison.failed()).singleElement()
        .satisfies(run -> assertThat(run.problem()).isInstanceOf(InvariantViolation.class));
    assertThatThrownBy(comparison::requireAllRan).isInstanceOf(RunsFailedException.class)
        .hasMessageStartingWith("1 of 3 runs failed: linux-6.11 seed 2: I").hasMessageContaining(" violated at node0, 0 ns");
  }
}
