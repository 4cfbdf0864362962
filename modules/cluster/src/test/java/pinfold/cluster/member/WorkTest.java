package pinfold.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkTest {
  private static final long[] ALL = {10, 30, 60};

  @Test
  void whatPartsDidOfAnItemIsAddedUp() {
    // 2 + 3 of 10, 30 of 30, none of 60: 35 of 100.
    assertThat(Work.share(List.of(new Work(new long[] {2, 30, 0}, ALL), new Work(new long[] {3, 0, 0}, ALL)))).isEqualTo(0.35);
  }

  /** A VM that failed is over for the part that heard so, whatever others had done for it. */
  @Test
  void moreThanAllOfAnItemIsAllAndHelpsNoOther() {
    // 10 + 4 of 10 is 10, 15 of 30, 0 of 60: 25 of 100.
    assertThat(Work.share(List.of(new Work(new long[] {10, 0, 0}, ALL), new Work(new long[] {4, 15, 0}, ALL)))).isEqualTo(0.25);
  }

  @Test
  void nothingToDoIsNothingDone() {
    assertThat(Work.share(List.of())).isZero();
    assertThat(Work.share(List.of(new Work(new long[] {0}, new long[] {0})))).isZero();
  }
}
