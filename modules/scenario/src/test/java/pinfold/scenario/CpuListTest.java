package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuListTest {
  @Test
  void rangesAndSingleCpusMakeOneAscendingList() {
    assertThat(CpuList.parse("8, 0-2,5")).containsExactly(0, 1, 2, 5, 8);
    assertThat(CpuList.parse("")).isEmpty();
  }

  @Test
  void theShortestTextIsReadBackAsTheSameList() {
    assertThat(CpuList.format(List.of(0, 1, 2, 5, 8, 9))).isEqualTo("0-2,5,8-9");
    assertThat(CpuList.parse(CpuList.format(List.of(0, 1, 2, 5, 8, 9)))).containsExactly(0, 1, 2, 5, 8, 9);
  }

  @Test
  void aCpuNamedTwiceIsRefused() {
    assertThatThrownBy(() -> CpuList.parse("0-3,2")).hasMessage("names CPU 2 twice");
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> CpuList.parse("0..3")).hasMessage("must be a list of CPUs such as 0-3,8");
    assertThatThrownBy(() -> CpuList.parse("3-1")).hasMessageStartingWith("must be a list of CPUs such as 0-3,8, ascending");
  }
}
