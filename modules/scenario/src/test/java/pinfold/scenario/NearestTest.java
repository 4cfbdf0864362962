package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void editsAreInsertionsDeletionsAndReplacements() {
    assertThat(Nearest.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.edits("", "abc")).isEqualTo(3);
    assertThat(Nearest.edits("drain-rule", "drain-rule")).isZero();
  }

  @Test
  void theWordWithTheFewestEditsIsNearest() {
    assertThat(Nearest.to("drian-rule", List.of("batch-capacity", "drain-rule", "mlock-batch"))).contains("drain-rule");
  }

  @Test
  void nothingIsNearestToAWordAmongNone() {
    assertThat(Nearest.to("x", List.of())).isEmpty();
  }
}
