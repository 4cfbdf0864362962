package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.cluster.member.Groups;
import pinfold.cluster.round.RoundExchange;
import pinfold.cluster.round.RoundListener;
import pinfold.cluster.state.StateCodec;
import pinfold.cluster.testing.BadNetwork;
import pinfold.cluster.testing.LoopPart;
import pinfold.engine.Entity;
import pinfold.engine.EntityLoop;
import pinfold.engine.EventBatch;
import pinfold.engine.Host.Outcome;
import pinfold.engine.SequentialHost;
import pinfold.kernel.machine.MachineConfig;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.run.ScenarioMachine;

/**
 * A machine in parts, over links that lose, double, delay and reorder: saved at a boundary, read into another number of parts, and so on
 * to the end. All in one thread. The seeds are few, as whole runs are long: each meets with every kind of trouble hundreds of times;
 * {@code RoundExchangeTest} has thousands of seeds.
 */
class KernelRoundsTest {
  private static final String VARIANT = "linux-6.12";
  private static final long SEED = 9;
  private static final int SAVE = 1;

  /** The state of each group at a boundary. */
  private record Saved(long nowNanos, Map<Integer, byte[]> groups) {}

  static Stream<Arguments> runs() {
    return Stream.of(Arguments.of("main job", Small.mainJob()), Arguments.of("crosvm", Small.crosvm()));
  }

  private static ScenarioMachine build(ScenarioConfig scenario) {
    return new ScenarioMachine(scenario, Small.variant(VARIANT), SEED, ScenarioRun.WALK_PAGES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void partsThatAreSavedAndCutAnewEndWithTheDigestOfTheSequentialHost(String name, ScenarioConfig scenario) {
    ScenarioMachine reference = build(scenario);
    SequentialHost host = new SequentialHost(reference.machine().entities(), scenario.machine().nearLinkNanos());
    reference.start(host);
    Outcome outcome = host.runUntil(scenario.durationLimitNanos());
    for (int seed = 0; seed < 24; seed++) {
      Random random = new Random(seed);
      Saved saved = null;
      int parts = 2 + seed % 2;
      for (int stop = 1; stop <= 2; stop++) {
        long from = saved == null ? 0 : saved.nowNanos;
        Parts running = new Parts(scenario, parts, saved, from + random.nextLong(host.nowNanos() / 3), random);
        running.run();
        assertThat(running.savedAt).as("%s, seed %d, stop %d", name, seed, stop).isBetween(from, host.nowNanos());
        saved = new Saved(running.savedAt, running.saved);
        parts = 5 - parts;
      }
      Parts last = new Parts(scenario, parts, saved, Long.MAX_VALUE, random);
      last.run();
      assertThat(last.links.fewestTroubles()).as("messages lost, doubled, delayed").isGreaterThan(100);
      assertThat(last.outcomes).as("%s, seed %d", name, seed).containsOnly(outcome + " at " + host.nowNanos()).hasSize(parts);
      assertThat(last.digest()).as("%s, seed %d", name, seed).isEqualTo(reference.machine().digest());
    }
  }

  /** All parts, and the network between them. */
  private static final class Parts {
    private static final double TROUBLE = 0.1;

    final ScenarioConfig scenario;
    final MachineConfig config;
    final BadNetwork links;
    final List<ScenarioMachine> machines = new ArrayList<>();
    final List<StateCodec> codecs = new ArrayList<>();
    final List<RoundExchange> exchanges = new ArrayList<>();
    final List<String> outcomes = new ArrayList<>();
    final Map<Integer, byte[]> saved = new TreeMap<>();
    final int parts;
    /** The first part to reach this instant asks all to save. */
    final long saveAfterNanos;
    long savedAt = -1;
    boolean asked;

    Parts(ScenarioConfig scenario, int parts, Saved start, long saveAfterNanos, Random random) {
      this.scenario = scenario;
      this.config = scenario.machine();
      this.parts = parts;
      this.saveAfterNanos = saveAfterNanos;
      this.links = new BadNetwork(random, TROUBLE);
      for (int part = 0; part < parts; part++) {
        ScenarioMachine machine = build(scenario);
        List<EventBatch> first = machine.start();
        machines.add(machine);
        codecs.add(new StateCodec(machine.machine()));
        int self = part;
        for (int group = 0; group < config.nodes().size() && start != null; group++) {
          if (partOf(group) == part) {
            codecs.get(part).restore(new Input(start.groups.get(group)));
          }
        }
        List<Entity> entities = machine.machine().entities();
        int[] partOfEntity = entities.stream().mapToInt(entity -> partOf(groupOf(entity.id()))).toArray();
        EntityLoop loop = new EntityLoop(entities, id -> partOfEntity[id] == self, config.nearLinkNanos());
        if (start == null) {
          first.stream().filter(batch -> partOfEntity[batch.destination()] == self).forEach(loop::deliver);
        }
        exchanges.add(new RoundExchange(part, parts, new LoopPart(loop, then -> ran(self, then)), partOfEntity, config.farLinkNanos(),
            start == null ? 0 : start.nowNanos, scenario.durationLimitNanos(), ScenarioRun.SAMPLE_NANOS,
            links.links(part, exchanges::get, this::steps), listener(part)));
      }
    }

    int partOf(int group) {
      return group % parts;
    }

    int groupOf(int entity) {
      return Groups.of(machines.getFirst().machine(), entity);
    }

    private void ran(int part, Runnable then) {
      links.soon(() -> {
        then.run();
        steps(part);
      });
    }

    private void steps(int part) {
      RoundExchange exchange = exchanges.get(part);
      do {
        if (!asked && exchange.nowNanos() >= saveAfterNanos) {
          asked = true;
          exchange.request(SAVE);
        }
      } while (exchange.step());
    }

    private RoundListener listener(int part) {
      return new RoundListener() {
        @Override
        public void atSample(long nowNanos) {}

        @Override
        public void atRequest(long round, long nowNanos, int requests) {
          assertThat(savedAt).as("the boundary at which the others saved").isIn(-1L, nowNanos);
          savedAt = nowNanos;
          for (int group = 0; group < config.nodes().size(); group++) {
            if (partOf(group) == part) {
              saved.put(group, save(part, group));
            }
          }
        }

        @Override
        public void ended(Outcome outcome, long nowNanos) {
          outcomes.add(outcome + " at " + nowNanos);
        }
      };
    }

    private byte[] save(int part, int group) {
      Output output = new Output(1 << 16, -1);
      codecs.get(part).save(machines.get(part).machine().entities().stream().filter(entity -> groupOf(entity.id()) == group).toList(),
          output);
      return output.toBytes();
    }

    /** To the end, or until all parts have saved. */
    void run() {
      for (int part = 0; part < parts; part++) {
        exchanges.get(part).begin();
        steps(part);
      }
      while (saved.size() < config.nodes().size() && outcomes.size() < parts) {
        if (links.isQuiet()) {
          exchanges.forEach(RoundExchange::tick);
          links.tick();
        }
        links.deliverAll();
      }
    }

    /** Of the whole machine, put together from the parts. */
    long digest() {
      ScenarioMachine whole = build(scenario);
      whole.start();
      StateCodec codec = new StateCodec(whole.machine());
      for (int group = 0; group < config.nodes().size(); group++) {
        codec.restore(new Input(save(partOf(group), group)));
      }
      return whole.machine().digest();
    }
  }
}
