package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is known about a released kernel rests on the recordings of a build. So every switch in which one differs from the build
 * it extends is named here, with the reason and with what the recordings can therefore not vouch for. A file that changes makes
 * this test fail until the table says why.
 */
class RecordedBuildsTest {
  /** What a file says about itself rather than about a kernel. */
  private static final Set<String> ABOUT = Set.of("name", "title", "commits", "tags");

  static List<Arguments> table() {
    return List.of(
        // A: the recorded build took mm/swap.c and mm/gup.c back to before 33dfe9204f29, which is where 6.10 stands. All else of
        // it is 6.12.117's, and in no switch that is modelled did 6.10 stand elsewhere: batches of 31 (6.9), 3 + 7 passes (6.4 or
        // before), a tuned pcp->high (6.7), two THP lists (6.10-rc6).
        Arguments.of("linux-6.10", "linux-6.12-before-33dfe", Map.of()),
        // B: 6.12 is the release that the recorded rules were taken from. What MGLRU does with folios whose PG_lru is clear is
        // as released in both files, though the recorded build, whose vmscan.c is that of 6.12.117, does not do it: on the
        // classic lists, with which everything was recorded, it is never asked.
        Arguments.of("linux-6.12", "linux-6.12.43", Map.of()),
        // C1: the last patch of the series, "lru_add_drain_all() do local lru_add_drain() first", went into 6.18 and not into
        // stable. So no recording shows it; it saves a worker on the calling CPU and changes no outcome. Nor is 6268f0a166eb (6.14) in
        // 6.12.y; no recording compacts anything.
        Arguments.of("linux-6.18", "linux-6.12.57",
            Map.of("drainAllDrainsLocalFirst", "false -> true", "compactionCma", "ALWAYS -> COSTLY_ASYNC")),
        // C2: the same patch; and mm/folio.c of 2026 frees folios that only the lru_add batch still holds instead of putting them
        // on the LRU first. Neither is in 6.12.117, and no recording shows them.
        Arguments.of("linux-2026", "linux-6.12.117",
            Map.of("drainAllDrainsLocalFirst", "false -> true", "filterDeadOnAddFlush", "false -> true", "compactionCma",
                "ALWAYS -> COSTLY_ASYNC")));
  }

  @ParameterizedTest
  @MethodSource("table")
  void aReleasedKernelDiffersFromItsRecordedBuildInThese(String released, String recorded, Map<String, String> differences) {
    List<Path> shipped = List.of(ConfigDir.SHIPPED);
    assertThat(differences(VariantFile.load(recorded, shipped), VariantFile.load(released, shipped))).isEqualTo(differences);
  }

  /** Each component that differs, as {@code recorded -> released}. */
  private static Map<String, String> differences(VariantSpec recorded, VariantSpec released) {
    Map<String, String> differences = new LinkedHashMap<>();
    for (RecordComponent component : VariantSpec.class.getRecordComponents()) {
      Object was = value(component, recorded);
      Object is = value(component, released);
      if (!ABOUT.contains(component.getName()) && !was.equals(is)) {
        differences.put(component.getName(), was + " -> " + is);
      }
    }
    return differences;
  }

  private static Object value(RecordComponent component, VariantSpec spec) {
    try {
      return component.getAccessor().invoke(spec);
    } catch (IllegalAccessException | InvocationTargetException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
