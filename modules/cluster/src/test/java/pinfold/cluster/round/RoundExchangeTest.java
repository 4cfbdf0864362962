package pinfold.cluster.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cluster.testing.BadNetwork;
import pinfold.cluster.testing.LoopPart;
import pinfold.engine.Entity;
import pinfold.engine.EntityLoop;
import pinfold.engine.Host;
import pinfold.engine.Host.Outcome;
import pinfold.engine.SequentialHost;
import pinfold.engine.StateHash;
import pinfold.engine.testing.ChattyEntity;

/** Several members in one thread, over links that lose, double, delay and reorder. */
class RoundExchangeTest {
  private static final int ENTITIES = 37;
  private static final long NEAR = ChattyEntity.NEAR_NANOS;
  private static final long FAR = 600;
  private static final long END = 20_000;

  /** All members, and the network between them. */
  private static final class Network {
    final BadNetwork links;
    final RoundExchange[] exchanges;
    final List<String> heard = new ArrayList<>();

    Network(List<ChattyEntity> entities, int members, long end, long seed, double trouble) {
      this.links = new BadNetwork(new Random(seed), trouble);
      this.exchanges = new RoundExchange[members];
      int[] memberOf = new int[entities.size()];
      for (int id = 0; id < memberOf.length; id++) {
        memberOf[id] = Math.max(0, id % 5 - 1) % members;
      }
      for (int member = 0; member < members; member++) {
        int self = member;
        EntityLoop loop = new EntityLoop(entities, id -> memberOf[id] == self, NEAR);
        for (var batch : ChattyEntity.start(entities.size(), 2, 50)) {
          if (memberOf[batch.destination()] == self) {
            loop.deliver(batch);
          }
        }
        exchanges[member] = new RoundExchange(member, members, new LoopPart(loop, then -> ran(self, then)), memberOf, FAR, 0, end, 1_000,
            links.links(member, to -> exchanges[to], to -> steps(exchanges[to])), listener(member));
      }
    }

    private void ran(int member, Runnable then) {
      links.soon(() -> {
        then.run();
        steps(exchanges[member]);
      });
    }

    private static void steps(RoundExchange exchange) {
      while (exchange.step()) {
        // One round after the other.
      }
    }

    private RoundListener listener(int member) {
      return new RoundListener() {
        @Override
        public void atSample(long nowNanos) {
          heard.add(member + " sample " + nowNanos);
        }

        @Override
        public void atRequest(long round, long nowNanos, int requests) {
          heard.add(member + " request " + requests + " before round " + round + " at " + nowNanos);
        }

        @Override
        public void ended(Outcome outcome, long nowNanos) {
          heard.add(member + " " + outcome + " " + nowNanos);
        }
      };
    }

    void run() {
      for (RoundExchange exchange : exchanges) {
        exchange.begin();
        steps(exchange);
      }
      for (int idle = 0; idle < 100_000; idle++) {
        if (links.isQuiet()) {
          boolean over = links.isEmpty();
          for (RoundExchange exchange : exchanges) {
            over &= exchange.isOver();
            exchange.tick();
          }
          if (over) {
            return;
          }
          links.tick();
        }
        links.deliverAll();
      }
      throw new AssertionError("no end; waiting " + exchanges[0].waitingFor());
    }
  }

  private static long expected(long seed, long stopAfter) {
    try (Host host = new SequentialHost(ChattyEntity.network(ENTITIES, seed, stopAfter), NEAR)) {
      host.inject(ChattyEntity.start(ENTITIES, 2, 50));
      host.runUntil(END);
      return digest(host.entities());
    }
  }

  private static long digest(List<? extends Entity> entities) {
    StateHash hash = new StateHash();
    for (Entity entity : entities) {
      hash.add(entity.rollingDigest());
      entity.hashState(hash);
    }
    return hash.value();
  }

  @ParameterizedTest(name = "{0} members")
  @ValueSource(ints = {1, 2, 3, 4})
  void membersTogetherEqualTheSequentialHost(int members) {
    for (long seed = 1; seed <= 5; seed++) {
      List<ChattyEntity> entities = ChattyEntity.network(ENTITIES, seed, Long.MAX_VALUE);
      Network network = new Network(entities, members, END, seed, 0);
      network.run();
      assertThat(digest(entities)).as("seed %d", seed).isEqualTo(expected(seed, Long.MAX_VALUE));
      assertThat(network.heard).contains("0 sample 1000", (members - 1) + " sample 19000", "0 END_TIME 20000");
    }
  }

  @Test
  void aStopIsExact() {
    for (long seed = 1; seed <= 5; seed++) {
      List<ChattyEntity> entities = ChattyEntity.network(ENTITIES, seed, 60);
      Network network = new Network(entities, 3, END, seed, 0.1);
      network.run();
      assertThat(digest(entities)).as("seed %d", seed).isEqualTo(expected(seed, 60));
      assertThat(network.heard).anyMatch(line -> line.startsWith("2 STOPPED"));
    }
  }

  /** Two thousand networks, each with a seed of its own, that do all four. */
  @Test
  void lossDoublingDelayAndReorderingChangeNothing() {
    long[] expected = new long[5];
    for (int seed = 0; seed < expected.length; seed++) {
      expected[seed] = expected(seed, Long.MAX_VALUE);
    }
    long troubles = 0;
    for (long seed = 0; seed < 2_000; seed++) {
      List<ChattyEntity> entities = ChattyEntity.network(ENTITIES, seed % expected.length, Long.MAX_VALUE);
      Network network = new Network(entities, 2 + (int) (seed % 3), END, seed, 0.05 + 0.4 * (seed % 7) / 7);
      network.run();
      troubles += network.links.fewestTroubles();
      assertThat(digest(entities)).as("seed %d", seed).isEqualTo(expected[(int) (seed % expected.length)]);
    }
    assertThat(troubles).as("each of losses, doubles and delays, at least").isGreaterThan(10_000);
  }

  @Test
  void aRequestOfOneIsHeardByAllAtTheSameBoundary() {
    List<ChattyEntity> entities = ChattyEntity.network(ENTITIES, 3, Long.MAX_VALUE);
    Network network = new Network(entities, 3, END, 3, 0.2);
    network.exchanges[1].request(4);
    network.run();
    List<String> requests = network.heard.stream().filter(line -> line.contains("request")).map(line -> line.substring(2)).toList();
    assertThat(requests).hasSize(3).containsOnly("request 4 before round 0 at 0");
  }
}
