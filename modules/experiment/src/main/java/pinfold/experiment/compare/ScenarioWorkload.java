package pinfold.experiment.compare;

import com.esotericsoftware.kryo.kryo5.io.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import pinfold.cluster.member.PreparedRun;
import pinfold.cluster.member.RunOutcome;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.Workload;
import pinfold.cluster.state.StateCodec;
import pinfold.kernel.MachineReading;
import pinfold.kernel.count.Counters;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;
import pinfold.scenario.run.ScenarioMachine;

/** Runs of scenarios for a cluster: built from the files that were submitted with them, and read like runs in one JVM. */
public final class ScenarioWorkload implements Workload {
  private record Loaded(ScenarioConfig scenario, KernelVariant variant) {}

  @Override
  public int nodes(RunSpec spec) {
    return load(spec).scenario.machine().nodes().size();
  }

  @Override
  public PreparedRun prepare(RunSpec spec) {
    Loaded loaded = load(spec);
    MachineConfig machine = loaded.scenario.machine();
    ScenarioMachine built = new ScenarioMachine(loaded.scenario, loaded.variant, spec.seed(), ScenarioRun.WALK_PAGES);
    return new PreparedRun(built.machine(), built.start(), machine.nearLinkNanos(), machine.farLinkNanos(),
        loaded.scenario.durationLimitNanos(), ScenarioRun.SAMPLE_NANOS, new RunWork(loaded.scenario, built.machine())::work);
  }

  /** The result of a run that is over, as {@link ScenarioRun} gives it; {@code windows} are rounds. */
  public static RunResult result(RunSpec spec, RunOutcome outcome, long wallNanos) {
    Loaded loaded = load(spec);
    ScenarioMachine built = new ScenarioMachine(loaded.scenario, loaded.variant, spec.seed(), ScenarioRun.WALK_PAGES);
    built.start();
    StateCodec codec = new StateCodec(built.machine());
    MachineReading whole = MachineReading.none();
    for (byte[] part : outcome.readings()) {
      whole = whole.plus(codec.reading(new Input(part)));
    }
    Series series = new Series();
    for (long[] row : outcome.series()) {
      series.sample(row[0], Counters.of(Arrays.copyOfRange(row, 1, row.length)));
    }
    return RunResult.of(loaded.scenario, loaded.variant, spec.seed(), outcome.outcome(), outcome.nowNanos(), outcome.rounds(), wallNanos,
        whole, series);
  }

  /** The scenario that was submitted. */
  static ScenarioConfig scenario(RunSpec spec) {
    return load(spec).scenario;
  }

  /** The kernel variant that was submitted. */
  static KernelVariant variant(RunSpec spec) {
    return load(spec).variant;
  }

  private static Loaded load(RunSpec spec) {
    return withFiles(spec.files(), path -> new Loaded(ScenarioFile.load(spec.scenario(), List.of(path), List.of()),
        KernelVariants.of(VariantFile.load(spec.variant(), List.of(path)))));
  }

  private static <T> T withFiles(Map<String, String> files, Function<Path, T> reader) {
    try {
      Path directory = Files.createTempDirectory("pinfold-run");
      try {
        for (Map.Entry<String, String> file : files.entrySet()) {
          Path path = directory.resolve(file.getKey());
          Files.createDirectories(path.getParent());
          Files.writeString(path, file.getValue());
        }
        return reader.apply(directory);
      } finally {
        try (Stream<Path> all = Files.walk(directory)) {
          for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the configuration of a run: " + e.getMessage(), e);
    }
  }
}
