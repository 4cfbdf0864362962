package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.cluster.state.StateCodec;
import pinfold.engine.Entity;
import pinfold.engine.SequentialHost;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.run.ScenarioMachine;

/** A machine that is saved at any moment and read into another goes on as if nothing had happened. */
class SavedStateTest {
  static Stream<Arguments> runs() {
    return Stream.of(
        Arguments.of("main job", Small.mainJob(), "linux-6.10"), Arguments.of("main job", Small.mainJob(), "linux-6.12"),
        Arguments.of("main job", Small.mainJob(), "linux-2026"), Arguments.of("crosvm", Small.crosvm(), "linux-6.18"),
        Arguments.of("storm", Small.storm(), "yangge-v1"), Arguments.of("FIFO", Small.fifo(), "linux-6.1"),
        Arguments.of("swap stress", Small.swapStress(), "linux-6.11"),
        Arguments.of("reclaim", Small.reclaiming(), "linux-6.12"), Arguments.of("file writers", Small.fileWriters(), "linux-6.12"),
        Arguments.of("CMA churn", Small.churn(), "linux-6.1"),
        Arguments.of("swap stress, classic", Small.swapStress("lru-mode=classic"), "linux-6.12"));
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource("runs")
  void aRestoredMachineEndsWithTheSameDigest(String name, ScenarioConfig scenario, String variant) {
    long seed = 5;
    long window = scenario.machine().nearLinkNanos();
    ScenarioMachine reference = build(scenario, variant, seed);
    SequentialHost host = started(reference, window);
    host.runUntil(scenario.durationLimitNanos());
    long end = host.nowNanos();
    Random random = new Random(seed);
    ScenarioMachine machine = build(scenario, variant, seed);
    host = started(machine, window);
    for (int stop = 0; stop < 12; stop++) {
      long at = host.nowNanos() + random.nextLong(end / 6);
      host.runUntil(at);
      byte[] saved = save(machine);
      machine = build(scenario, variant, seed);
      started(machine, window);
      new StateCodec(machine.machine()).restore(new Input(saved));
      host = new SequentialHost(machine.machine().entities(), window);
      assertThat(save(machine)).as("%s, saved at %d ns, read and saved again", name, at).isEqualTo(saved);
    }
    host.runUntil(scenario.durationLimitNanos());
    assertThat(machine.machine().digest()).isEqualTo(reference.machine().digest());
    assertThat(machine.machine().observer().pinCalls()).isEqualTo(reference.machine().observer().pinCalls());
  }

  /** The runs above that reclaim have shadows to lose. */
  @Test
  void pagesComeBackInTheRunsThatReclaim() {
    assertThat(ended(Small.swapStress(), "linux-6.11").get(VmCounter.WORKINGSET_RESTORE_ANON)).isPositive();
    assertThat(ended(Small.swapStress("lru-mode=classic"), "linux-6.12").get(VmCounter.WORKINGSET_REFAULT_ANON)).isPositive();
    assertThat(ended(Small.fileWriters(), "linux-6.12").get(VmCounter.DIRTY_THROTTLED)).isPositive();
    assertThat(ended(Small.reclaiming(), "linux-6.12").get(VmCounter.WORKINGSET_ACTIVATE_FILE)).isPositive();
  }

  private static Counters ended(ScenarioConfig scenario, String variant) {
    ScenarioMachine machine = build(scenario, variant, 5);
    started(machine, scenario.machine().nearLinkNanos()).runUntil(scenario.durationLimitNanos());
    return machine.machine().counters();
  }

  private static ScenarioMachine build(ScenarioConfig scenario, String variant, long seed) {
    return new ScenarioMachine(scenario, Small.variant(variant), seed, 512);
  }

  private static SequentialHost started(ScenarioMachine machine, long window) {
    SequentialHost host = new SequentialHost(machine.machine().entities(), window);
    machine.start(host);
    return host;
  }

  /** One entity after the other, each in a state of its own, in any order. */
  private static byte[] save(ScenarioMachine machine) {
    Output output = new Output(1 << 16, -1);
    List<Entity> entities = new ArrayList<>(machine.machine().entities());
    Collections.reverse(entities);
    new StateCodec(machine.machine()).save(entities, output);
    return output.toBytes();
  }
}
