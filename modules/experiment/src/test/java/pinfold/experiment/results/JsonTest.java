package pinfold.experiment.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  private enum Host { MANY_ACTORS }

  private record Run(String variant, long seed, boolean started, Host host, int[] drains) {}

  @Test
  void aRecordIsAnObjectInTheOrderOfItsComponents() {
    assertThat(Json.line(new Run("linux-6.12", 7, false, Host.MANY_ACTORS, new int[] {1, 0})))
        .isEqualTo("{\"variant\":\"linux-6.12\",\"seed\":7,\"started\":false,\"host\":\"many-actors\",\"drains\":[1,0]}");
  }

  @Test
  void aMapWithAnOrderKeepsItAndOneWithoutIsSorted() {
    Map<String, Integer> ordered = new LinkedHashMap<>();
    ordered.put("z", 1);
    ordered.put("a", 2);
    assertThat(Json.line(ordered)).isEqualTo("{\"z\":1,\"a\":2}");
    assertThat(Json.line(Map.of("d", 4, "b", 2, "c", 3, "a", 1))).isEqualTo("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}");
  }

  @Test
  void textIsEscaped() {
    assertThat(Json.line("a\"b\\c\n\t\u0001é\ud800")).isEqualTo("\"a\\\"b\\\\c\\n\\t\\u0001é\\ud800\"");
    assertThat(Json.line("\ud83d\ude00")).isEqualTo("\"\ud83d\ude00\"");
  }

  @Test
  void numbersThatJsonDoesNotHaveAreNull() {
    assertThat(Json.line(Arrays.asList(1.5, Double.NaN, Float.POSITIVE_INFINITY, null))).isEqualTo("[1.5,null,null,null]");
  }

  @Test
  void prettyIsIndentedByTwo() {
    assertThat(Json.pretty(new LinkedHashMap<>(Map.of("a", List.of(1, 2))))).isEqualTo("""
        {
          "a": [
            1,
            2
          ]
        }
        """);
    assertThat(Json.pretty(List.of())).isEqualTo("[]\n");
  }

  @Test
  void whatHasNoJsonFormIsRefused() {
    assertThatThrownBy(() -> Json.line(new Object())).hasMessageContaining("java.lang.Object");
  }
}
