package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pinfold.cluster.state.StateCodec;
import pinfold.cluster.state.StateException;
import pinfold.engine.SequentialHost;
import pinfold.kernel.MachineReading;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.run.ScenarioMachine;

/** A state that is not what was saved is refused or read, and never does anything else. */
class DamagedStateTest {
  private static final long SEED = 11;

  private static ScenarioMachine machine;
  private static byte[] state;
  private static byte[] reading;

  @BeforeAll
  static void saveInTheMiddle() {
    ScenarioConfig scenario = Small.crosvm("machine.memory-per-node-mib=64", "machine.cma-per-node-mib=32");
    machine = new ScenarioMachine(scenario, Small.variant("linux-6.12"), SEED, 512);
    SequentialHost host = new SequentialHost(machine.machine().entities(), scenario.machine().nearLinkNanos());
    machine.start(host);
    host.runUntil(3_000_000);
    StateCodec codec = new StateCodec(machine.machine());
    Output output = new Output(1 << 16, -1);
    codec.save(machine.machine().entities(), output);
    state = output.toBytes();
    output.reset();
    codec.save(machine.machine().read(entity -> true), output);
    reading = output.toBytes();
  }

  /** Which kinds of refusal there were. */
  private static final class Tally {
    final Map<String, Integer> causes = new TreeMap<>();
    int read;

    void take(Runnable attempt, String what) {
      try {
        attempt.run();
        read++;
      } catch (StateException e) {
        causes.merge(e.getCause().getClass().getSimpleName(), 1, Integer::sum);
      } catch (Throwable e) {
        throw new AssertionError(what, e);
      }
    }
  }

  @Test
  void flippedBitsAreRefusedOrRead() {
    Random random = new Random(SEED);
    StateCodec codec = new StateCodec(machine.machine());
    Tally tally = new Tally();
    for (int i = 0; i < 4_000; i++) {
      byte[] damaged = state.clone();
      // Half of them near the front, where the structure is denser than among the tables of folios.
      int range = i % 2 == 0 ? damaged.length : Math.min(damaged.length, 4_000);
      for (int flips = 1 + i % 3; flips > 0; flips--) {
        damaged[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
      }
      tally.take(() -> codec.restore(new Input(damaged)), "seed " + SEED + ", attempt " + i);
    }
    assertThat(tally.causes).as("kinds of refusal; %d were read", tally.read).isNotEmpty();
  }

  @Test
  void cutStatesAreRefused() {
    Random random = new Random(SEED);
    StateCodec codec = new StateCodec(machine.machine());
    for (int i = 0; i < 1_000; i++) {
      int length = i < 500 ? i : random.nextInt(state.length);
      byte[] cut = Arrays.copyOf(state, length);
      Input input = i % 2 == 0 ? new Input(cut) : new Input(new ByteArrayInputStream(cut), 512);
      assertThatExceptionOfType(StateException.class).as("%d bytes", length).isThrownBy(() -> codec.restore(input));
    }
  }

  @Test
  void garbageIsRefused() {
    StateCodec codec = new StateCodec(machine.machine());
    Tally tally = new Tally();
    for (int seed = 0; seed < 20_000; seed++) {
      byte[] garbage = new byte[200];
      new Random(seed).nextBytes(garbage);
      tally.take(() -> codec.restore(new Input(garbage)), "seed " + seed);
    }
    // A zero in front means that nothing follows, and others may be an entity by chance.
    assertThat(tally.read).isLessThan(400);
  }

  /** An array that says that it is longer than all memory; the same for everything else that has a length. */
  @Test
  void lengthsAreCheckedBeforeThereIsMemoryForThem() {
    StateCodec codec = new StateCodec(machine.machine());
    // Numbers of StateClasses: arrays from 20 on, then lists. Kryo counts classes from 2 on, and marks a new object by 1.
    for (int number : List.of(1, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 193, 196)) {
      for (int length : new int[] {1_000, Integer.MAX_VALUE, -1}) {
        Output output = new Output(64, -1);
        output.writeVarInt(number + 2, true);
        output.writeByte(1);
        output.writeVarInt(length, true);
        output.writeInt(0);
        assertThatExceptionOfType(StateException.class).as("class %d, length %d", number, length)
            .isThrownBy(() -> codec.restore(new Input(output.toBytes()))).withMessageContaining("length");
      }
    }
  }

  /** Lists within lists, each of as many elements as there are bytes: together they must not hold more than that either. */
  @Test
  void nestingIsRefused() {
    byte[] nested = new byte[300_000];
    Output output = new Output(nested);
    while (output.position() < nested.length - 16) {
      output.writeVarInt(28 + 2, true);
      output.writeByte(1);
      output.writeVarInt(1, true);
    }
    StateCodec codec = new StateCodec(machine.machine());
    assertThatExceptionOfType(StateException.class).isThrownBy(() -> codec.restore(new Input(nested)));
    Output wide = new Output(nested.length);
    while (wide.position() < nested.length - 16) {
      wide.writeVarInt(27 + 2, true);
      wide.writeByte(1);
      wide.writeVarInt(nested.length - wide.position() - 16, true);
    }
    assertThatExceptionOfType(StateException.class).isThrownBy(() -> codec.restore(new Input(wide.getBuffer())))
        .withMessageContaining("length");
    codec.restore(new Input(state)); // And it still reads what is right.
  }

  @Test
  void classesByNameAreRefused() {
    Output output = new Output(64, -1);
    output.writeVarInt(1, true);
    output.writeVarInt(0, true);
    output.writeString("java.util.concurrent.ThreadPoolExecutor");
    assertThatExceptionOfType(StateException.class)
        .isThrownBy(() -> new StateCodec(machine.machine()).restore(new Input(output.toBytes()))).withMessageContaining("by name");
  }

  @Test
  void damagedReadingsAreRefusedOrRead() {
    Random random = new Random(SEED);
    StateCodec codec = new StateCodec(machine.machine());
    Tally tally = new Tally();
    for (int i = 0; i < 4_000; i++) {
      byte[] damaged = i % 2 == 0 ? reading.clone() : Arrays.copyOf(reading, random.nextInt(reading.length));
      if (damaged.length > 0 && i % 2 == 0) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      tally.take(() -> {
        MachineReading read = codec.reading(new Input(damaged));
        assertThat(read == null || read.getClass() == MachineReading.class).isTrue();
      }, "seed " + SEED + ", attempt " + i);
    }
    assertThat(tally.causes).isNotEmpty();
  }
}
