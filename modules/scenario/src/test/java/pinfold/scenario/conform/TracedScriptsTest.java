package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.engine.SequentialHost;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.Recordings;
import pinfold.scenario.recorded.TraceLine;
import pinfold.scenario.trace.FtraceWriter;

/** Traces of recorded scripts: what must hold in any trace of any run. */
class TracedScriptsTest {
  private static final long[] WAKE_NANOS = {25_000, 225_000, 425_000, 625_000};
  private static final TraceRequest EVERYTHING = TraceRequest.of(EnumSet.allOf(TraceEvent.class));
  private static final int SCRIPTS = 20;

  @Test
  void theTraceIsTheSameForAnyWindowAndChangesNothing() throws IOException {
    for (RecordedScript script : scripts()) {
      List<String> whole = withoutTimes(trace(script, EVERYTHING, 1));
      assertThat(withoutTimes(trace(script, EVERYTHING, 2))).as("seed %d", script.seed()).isEqualTo(whole);
      assertThat(digest(script, EVERYTHING)).as("seed %d", script.seed()).isEqualTo(digest(script, TraceRequest.NOTHING));
    }
  }

  @Test
  void everyReferenceCountFollowsFromTheOneBefore() throws IOException {
    for (RecordedScript script : scripts()) {
      Map<String, Integer> counts = new HashMap<>();
      for (String text : trace(script, EVERYTHING, 1)) {
        TraceLine line = TraceLine.parse("trace", 1, text);
        if (line.event().startsWith("page_ref_")) {
          int change = Integer.parseInt(line.field("val"));
          int before = line.event().equals("page_ref_set") ? 0 : counts.get(line.field("pfn"));
          assertThat(line.field("count")).as("seed %d: %s", script.seed(), text).isEqualTo(Integer.toString(before + change));
          counts.put(line.field("pfn"), before + change);
        }
      }
      assertThat(counts).isNotEmpty();
    }
  }

  /** The drops of a flush come after its last folio was moved (kernel-model.md 1.5, steps 5 and 6). */
  @Test
  void aFlushMovesAllItsFoliosBeforeItDropsTheirReferences() throws IOException {
    int flushes = 0;
    for (RecordedScript script : scripts()) {
      Map<Integer, Boolean> dropped = new HashMap<>();
      for (String text : trace(script, EVERYTHING, 1)) {
        TraceLine line = TraceLine.parse("trace", 1, text);
        if (line.event().equals("k_folio_batch_move_lru")) {
          dropped.put(line.cpu(), false);
          flushes++;
        } else if (line.event().equals("page_ref_mod_and_test")) {
          dropped.put(line.cpu(), true);
        } else if (line.event().startsWith("mm_lru_")) {
          assertThat(dropped.get(line.cpu())).as("seed %d: %s", script.seed(), text).isFalse();
        }
      }
    }
    assertThat(flushes).isPositive();
  }

  @Test
  void onOneCpuTimeNeverFalls() throws IOException {
    for (RecordedScript script : scripts()) {
      Map<Integer, Double> last = new HashMap<>();
      for (String text : trace(script, EVERYTHING, 1)) {
        TraceLine line = TraceLine.parse("trace", 1, text);
        double seconds = Double.parseDouble(line.seconds());
        assertThat(seconds).isGreaterThanOrEqualTo(last.getOrDefault(line.cpu(), 0.0));
        last.put(line.cpu(), seconds);
      }
    }
  }

  @Test
  void onePageInAWindowOfTimeIsAPartOfTheWholeTrace() throws IOException {
    RecordedScript script = scripts().getFirst();
    List<String> whole = trace(script, EVERYTHING, 1);
    String pfn = whole.stream().map(line -> TraceLine.parse("trace", 1, line).field("pfn")).filter(found -> found != null)
        .toList().getLast();
    TraceRequest request = new TraceRequest(EVERYTHING.events(), 40_000, 10_000_000, List.of(Integer.decode(pfn)),
        TraceRequest.DEFAULT_MAX_RECORDS);

    List<String> part = trace(script, request, 1);

    assertThat(part).isNotEmpty();
    assertThat(whole).containsSubsequence(part);
    assertThat(part.stream().map(line -> TraceLine.parse("trace", 1, line)).filter(line -> line.field("pfn") != null)
        .map(line -> line.field("pfn")).collect(Collectors.toSet())).isEqualTo(Set.of(pfn));
    assertThat(part).contains(whole.stream().filter(line -> line.contains("pfn=" + pfn + " ") && seconds(line) >= 40e-6
        && seconds(line) < 10e-3).toArray(String[]::new));
  }

  private static double seconds(String line) {
    return Double.parseDouble(TraceLine.parse("trace", 1, line).seconds());
  }

  @Test
  void theFileHasTheKernelsHeaderAndReadsBack(@TempDir Path directory) throws IOException {
    RecordedScript script = scripts().getFirst();
    Path file = directory.resolve("trace.txt");
    try (ScriptRun run = run(script, EVERYTHING, 1)) {
      run.run();
      new FtraceWriter(run.machine()).write(file);
    }
    List<String> written = Files.readAllLines(file);
    List<String> recorded = Files.readAllLines(Recordings.directory().resolve("trace-A-activate-batch.txt"));

    List<String> header = new ArrayList<>(recorded.subList(2, 14));
    int lines = written.size() - header.size();
    header.set(2, "# entries-in-buffer/entries-written: %d/%d   #P:4".formatted(lines, lines));
    assertThat(written.subList(0, header.size())).isEqualTo(header);
    assertThat(written.subList(header.size(), written.size())).isEqualTo(trace(script, EVERYTHING, 1));
    assertThat(directory.toFile().list()).containsExactly("trace.txt");
  }

  @Test
  void linesStandInTheColumnsOfTheRecordedOnes() throws IOException {
    String recorded = "     kworker/3:1-46      [003] d....     3.895980: mm_lru_insertion: folio=00000000db0fa09e pfn=0x7da3d lru=0 flags=Ma bd ";
    String simulated = trace(scripts().getFirst(), TraceRequest.of(TraceEvent.MM_LRU_INSERTION), 1).getFirst();

    for (String mark : List.of("[", "] ", ": mm_lru_insertion: folio=00000000")) {
      assertThat(simulated.indexOf(mark)).as(mark).isEqualTo(recorded.indexOf(mark));
    }
    assertThat(simulated.indexOf('-')).isEqualTo(recorded.indexOf('-'));
    assertThat(simulated).endsWith(" lru=0 flags=Ma bd ");
  }

  @Test
  void kernelsBefore2026HaveNoTracepointOfADrain() throws IOException {
    TraceRequest drains = TraceRequest.of(TraceEvent.OF_2026);
    RecordedScript script = scripts().getFirst();

    assertThat(trace(script, drains, 1)).isEmpty();
    try (ScriptRun run = new ScriptRun(script, variant("linux-2026"), SequentialHost::new, WAKE_NANOS, drains)) {
      run.run();
      assertThat(lines(run)).isNotEmpty().allMatch(line -> line.matches(
          ".*: mm_lru_add_drain: cpu=\\d nr=\\d+|.*: mm_lru_add_drain_all: force=0"));
    }
  }

  /** A script's operations begin with a window, so their times are not the same for any. */
  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream().map(line -> line.replaceFirst("\\d+\\.\\d{6}: ", "")).toList();
  }

  private static List<RecordedScript> scripts() throws IOException {
    return Recordings.scripts("wide", "A").scripts().subList(0, SCRIPTS);
  }

  private static KernelVariant variant(String name) {
    return KernelVariants.of(VariantFile.load(name, List.of(Recordings.directory().getParent().getParent())));
  }

  private static ScriptRun run(RecordedScript script, TraceRequest request, int windowsPerLink) {
    return new ScriptRun(script, variant("linux-6.12-before-33dfe"), (entities, link) ->
        new SequentialHost(entities, link / windowsPerLink), WAKE_NANOS, request);
  }

  private static List<String> trace(RecordedScript script, TraceRequest request, int windowsPerLink) {
    try (ScriptRun run = run(script, request, windowsPerLink)) {
      run.run();
      return lines(run);
    }
  }

  private static List<String> lines(ScriptRun run) {
    FtraceWriter writer = new FtraceWriter(run.machine());
    List<String> lines = new ArrayList<>();
    run.machine().tracing().forEach(record -> lines.add(writer.line(record)));
    return lines;
  }

  private static long digest(RecordedScript script, TraceRequest request) {
    try (ScriptRun run = run(script, request, 1)) {
      run.run();
      return run.machine().digest();
    }
  }
}
