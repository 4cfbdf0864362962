package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointStore;
import pinfold.cluster.checkpoint.GroupHistory;
import pinfold.cluster.member.Groups;
import pinfold.cluster.state.StateCodec;
import pinfold.engine.SequentialHost;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.run.ScenarioMachine;

/** A machine that is saved again and again, in full and what changed, and taken up at any of its checkpoints. */
class DeltaStateTest {
  private static final int SAVES = 20;

  @TempDir Path directory;

  static Stream<Arguments> runs() {
    return Stream.of(Arguments.of("main job", Small.mainJob(), "linux-6.12", 1), Arguments.of("crosvm", Small.crosvm(), "linux-6.18", 2),
        Arguments.of("storm", Small.storm(), "yangge-v1", 3));
  }

  /** A machine, its groups' histories, and the host that runs it. */
  private final class Running {
    final ScenarioMachine machine;
    final StateCodec codec;
    final List<GroupHistory> histories;
    SequentialHost host;

    Running(ScenarioConfig scenario, String variant, int seed, Checkpoint from) {
      machine = new ScenarioMachine(scenario, Small.variant(variant), seed, 512);
      histories = IntStream.range(0, scenario.machine().nodes().size()).mapToObj(group -> new GroupHistory()).toList();
      host = new SequentialHost(machine.machine().entities(), scenario.machine().nearLinkNanos());
      machine.start(host);
      codec = new StateCodec(machine.machine()); // It knows what there is by now.
      if (from != null) {
        for (int group = 0; group < histories.size(); group++) {
          store().loadGroup(from, group, (in, large) -> {
            codec.restore(new Input(in), large);
            return null;
          });
        }
        host = new SequentialHost(machine.machine().entities(), scenario.machine().nearLinkNanos());
      }
    }

    /** Returns the bytes written. */
    long save(long nowNanos, int epoch) {
      long bytes = 0;
      String name = Checkpoint.name(nowNanos, epoch);
      for (int group = 0; group < histories.size(); group++) {
        int self = group;
        bytes += store().saveGroup(name, group, nowNanos, histories.get(group), (out, large) -> {
          Output output = new Output(out);
          codec.save(machine.machine().entities().stream().filter(entity -> Groups.of(machine.machine(), entity.id()) == self).toList(),
              output, large);
          output.flush();
        });
      }
      store().complete(name, nowNanos, histories.size());
      return bytes;
    }

    long digest() {
      return machine.machine().digest();
    }
  }

  private CheckpointStore store() {
    return new CheckpointStore(directory, "test");
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource("runs")
  void aMachineTakenUpAtAnyCheckpointIsTheSame(String name, ScenarioConfig scenario, String variant, int seed) {
    Running reference = new Running(scenario, variant, seed, null);
    reference.host.runUntil(scenario.durationLimitNanos());
    long end = reference.host.nowNanos();
    Random random = new Random(seed);
    Running running = new Running(scenario, variant, seed, null);
    Map<String, Long> digests = new HashMap<>();
    int epoch = 1;
    int deltas = 0;
    for (int save = 0; save < SAVES; save++) {
      running.host.runUntil(running.host.nowNanos() + random.nextLong(end / 12));
      long now = running.host.nowNanos();
      running.save(now, epoch);
      digests.put(Checkpoint.name(now, epoch), running.digest());
      List<Checkpoint> kept = store().complete();
      Checkpoint any = kept.get(random.nextInt(kept.size()));
      deltas += store().filesOf(any, 0).size() > 1 ? 1 : 0;
      if (random.nextInt(4) == 0) {
        Running taken = new Running(scenario, variant, seed, any);
        assertThat(taken.digest()).as("%s, seed %d, %s", name, seed, any).isEqualTo(digests.get(any.name()));
      }
      if (random.nextInt(8) == 0) { // As after a death.
        running = new Running(scenario, variant, seed, kept.getFirst());
        running.host.runUntil(kept.getFirst().nowNanos());
        epoch++;
      }
    }
    assertThat(deltas).isPositive();
    for (Checkpoint checkpoint : store().complete()) {
      if (checkpoint.nowNanos() == end) {
        continue; // The load goes on behind it, as it is the host that has stopped.
      }
      Running taken = new Running(scenario, variant, seed, checkpoint);
      taken.host.runUntil(scenario.durationLimitNanos());
      assertThat(taken.digest()).as("%s, seed %d, from %s to the end", name, seed, checkpoint).isEqualTo(reference.digest());
    }
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource("runs")
  void littleWorkMakesASmallDelta(String name, ScenarioConfig scenario, String variant, int seed) {
    Running running = new Running(scenario, variant, seed, null);
    running.host.runUntil(5_000_000);
    long full = running.save(running.host.nowNanos(), 1);
    running.host.runUntil(running.host.nowNanos() + 20_000);
    long delta = running.save(running.host.nowNanos(), 1);
    assertThat(delta).as("%s: %d bytes in full", name, full).isLessThan(full / 4);
  }
}
