package pinfold.kernel.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.SequentialHost;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/**
 * lru_add_drain_all() as callers at random times see it, compared to the nanosecond with what a plain loop over the callers says:
 * one mutex, in order of arrival; who drains waits for the slowest worker; and, with the generation, who finds at the mutex that a
 * drain has begun since it came goes home.
 */
class DrainMutexTest {
  private static final int CPUS = 6;
  private static final int CALLS = 60;
  private static final int CALL = 1_000_001;
  private static final int WORKED = 1_000_002;

  private static final MachineConfig CONFIG = MachineConfig.uniform(2, CPUS / 2, 64L << 20, 0, 0);
  private static final Directory DIRECTORY = new Directory(CONFIG, new int[0], new int[0]);
  private static final long LINK = CONFIG.farLinkNanos();

  /** What a caller saw: when it had its answer, and whether it drained itself. */
  private record Answer(int call, long atNanos, boolean drained) {}

  /** How long a CPU's worker takes each time. */
  private static Random delays(long seed, int cpu) {
    return new Random(seed * CPUS + cpu);
  }

  private static long delay(Random delays) {
    return 1_000 + delays.nextInt(60_000);
  }

  /** Calls when it is told to, and answers for its worker. */
  private static final class FakeCpu extends Entity {
    private final Random delays;
    private final List<Answer> answers;

    FakeCpu(int id, Random delays, List<Answer> answers) {
      super(id, 1);
      this.delays = delays;
      this.answers = answers;
    }

    @Override
    public String name() {
      return "fake" + id();
    }

    @Override
    protected void handle(Event event) {
      switch (event.kind()) {
        case CALL -> open(Directory.LRU_DRAIN, nowNanos() + LINK, Messages.DRAIN_ALL).add(nowNanos()).add(event.word(0)).add(0).add(-1)
            .close();
        case Messages.DRAIN_WORK -> schedule(nowNanos() + delay(delays), WORKED, event.word(0));
        case WORKED -> open(Directory.LRU_DRAIN, nowNanos() + LINK, Messages.DRAIN_WORK_DONE).add(event.word(0)).close();
        case Messages.DRAIN_ALL_DONE -> answers.add(new Answer(event.intWord(0), nowNanos(), event.word(1) != 0));
        default -> throw new IllegalStateException(name() + " got " + event.kind());
      }
    }

    @Override
    public void hashState(StateHash hash) {}
  }

  static Stream<Arguments> runs() {
    return IntStream.range(0, 20).mapToObj(i -> Arguments.of(i % 2 == 0, (long) i / 2));
  }

  @ParameterizedTest(name = "piggybacks: {0}, seed {1}")
  @MethodSource("runs")
  void everyCallerSeesWhatAPlainLoopSays(boolean piggybacks, long seed) {
    Random random = new Random(seed);
    boolean[] needs = new boolean[CPUS];
    needs[random.nextInt(CPUS)] = true;
    for (int cpu = 0; cpu < CPUS; cpu++) {
      needs[cpu] |= random.nextBoolean();
    }
    long[] calls = random.longs(CALLS, 10_000, 3_000_000).distinct().sorted().toArray();
    int[] callers = random.ints(calls.length, 0, CPUS).toArray();

    List<Answer> seen = new ArrayList<>();
    LruDrain drain = run(piggybacks, seed, needs, calls, callers, seen);
    List<Answer> expected = plainLoop(piggybacks, seed, needs, calls);
    assertThat(seen.stream().sorted(Comparator.comparing(Answer::call)).toList()).isEqualTo(expected);
    long sharers = expected.stream().filter(answer -> !answer.drained).count();
    assertThat(drain.counters().get(VmCounter.LRU_ADD_DRAIN_ALL_PIGGYBACKED)).isEqualTo(sharers);
    assertThat(sharers > 0).isEqualTo(piggybacks);
  }

  private static LruDrain run(boolean piggybacks, long seed, boolean[] needs, long[] calls, int[] callers, List<Answer> seen) {
    KernelVariant variant = new KernelVariant("test", 31, 31, false, true, true, new DrainRules.LruFlag(), false, false, piggybacks, false,
        false, MigratePasses.TEN, MigrateDrain.MLOCKED, 2, true, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
    List<Entity> entities = new ArrayList<>();
    LruDrain drain = new LruDrain(DIRECTORY, seed, CostModel.defaults(), variant);
    entities.add(drain);
    for (int id = 1; id < DIRECTORY.entities(); id++) {
      entities.add(new FakeCpu(id, delays(seed, DIRECTORY.cpuOfEntity(id)), seen));
    }
    SequentialHost host = new SequentialHost(entities, CONFIG.nearLinkNanos());
    List<EventBatch> first = new ArrayList<>();
    for (int cpu = 0; cpu < CPUS; cpu++) {
      EventBatch publish = new EventBatch(Directory.OBSERVER, Directory.LRU_DRAIN);
      publish.open(1, Messages.NEEDS_DRAIN).add(cpu).add(needs[cpu] ? 1 : 0).close();
      first.add(publish);
    }
    for (int call = 0; call < calls.length; call++) {
      EventBatch start = new EventBatch(Directory.OBSERVER, DIRECTORY.cpu(callers[call]));
      start.open(calls[call], CALL).add(call).close();
      first.add(start);
    }
    host.inject(first);
    host.runUntil(Long.MAX_VALUE);
    return drain;
  }

  private static List<Answer> plainLoop(boolean piggybacks, long seed, boolean[] needs, long[] calls) {
    List<Random> delays = IntStream.range(0, CPUS).mapToObj(cpu -> delays(seed, cpu)).toList();
    List<Answer> answers = new ArrayList<>();
    List<Long> begun = new ArrayList<>();
    long free = 0;
    for (int call = 0; call < calls.length; call++) {
      long came = calls[call] + LINK;
      long granted = Math.max(came, free);
      if (piggybacks && begun.stream().anyMatch(begin -> begin > came)) {
        answers.add(new Answer(call, granted + LINK, false));
        continue;
      }
      begun.add(granted);
      long queued = granted + LINK;
      for (int cpu = 0; cpu < CPUS; cpu++) {
        queued += Cost.DRAIN_ALL_CPU.nanos();
        if (needs[cpu]) {
          queued += Cost.DRAIN_ALL_QUEUE.nanos();
          free = Math.max(free, queued + delay(delays.get(cpu)) + LINK);
        }
      }
      answers.add(new Answer(call, free + LINK, true));
    }
    return answers;
  }
}
