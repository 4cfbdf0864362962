package pinfold.kernel.memcg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.SequentialHost;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.Messages;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.swap.SwapSpec;

/** Charges to memory cgroups below each other, against a model that keeps every cgroup's own pages and sums up. */
class PageCounterTest {
  private static final MachineConfig CONFIG = MachineConfig.uniform(1, 1, 64L << 20, 0, 0);
  private static final int OPERATIONS = 600;

  /** Hears what the counters answer. */
  private static final class Listener extends Entity {
    final List<List<Long>> answers = new ArrayList<>();

    Listener(int id) {
      super(id, 1);
    }

    @Override
    public String name() {
      return "listener" + id();
    }

    @Override
    protected void handle(Event event) {
      List<Long> words = new ArrayList<>();
      for (int i = 1; i < event.length(); i++) {
        words.add(event.word(i));
      }
      answers.add(words);
    }

    @Override
    public void hashState(StateHash hash) {}
  }

  private record Drawn(List<Integer> parents, List<Long> limits) {
    static Drawn of(Random random) {
      List<Integer> parents = new ArrayList<>();
      List<Long> limits = new ArrayList<>();
      for (int memcg = 1; memcg <= 1 + random.nextInt(12); memcg++) {
        parents.add(random.nextInt(memcg));
        limits.add(60L + random.nextInt(700));
      }
      return new Drawn(parents, limits);
    }

    boolean isUnder(int memcg, int above) {
      return memcg == above || memcg != 0 && isUnder(parents.get(memcg - 1), above);
    }

    long sum(long[] own, int of) {
      long sum = 0;
      for (int memcg = 1; memcg < own.length; memcg++) {
        sum += isUnder(memcg, of) ? own[memcg] : 0;
      }
      return sum;
    }

    /** The deepest cgroup above (or it) whose limit so many pages more would break, 0 if none. */
    int breaks(long[] own, int memcg, long pages) {
      for (int above = memcg; above > 0; above--) {
        if (isUnder(memcg, above) && sum(own, above) + pages > limits.get(above - 1)) {
          return above;
        }
      }
      return 0;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyChargeIsWhatANaiveModelSays(long seed) {
    Random random = new Random(seed);
    Drawn drawn = Drawn.of(random);
    Directory directory = new Directory(CONFIG, new int[0], new int[0],
        new ReclaimSpec(drawn.limits, drawn.parents, SwapSpec.NONE, 60, false, CompactionSpec.DEFAULT, false));
    List<Entity> entities = new ArrayList<>();
    for (int id = 0; id < directory.memcg(directory.memcgTree().topLevel().getFirst()); id++) {
      entities.add(new Listener(id));
    }
    List<PageCounter> counters = directory.memcgTree().topLevel().stream().map(top -> new PageCounter(directory, top, 1)).toList();
    entities.addAll(counters);
    SequentialHost host = new SequentialHost(entities, CONFIG.nearLinkNanos());
    long[] own = new long[1 + drawn.parents.size()];
    List<List<Long>> expected = new ArrayList<>();
    for (int i = 0; i < OPERATIONS; i++) {
      int memcg = 1 + random.nextInt(own.length - 1);
      boolean isTop = drawn.parents.get(memcg - 1) == 0;
      EventBatch batch = new EventBatch(directory.cpu(0), directory.memcg(memcg));
      long at = 10_000L * (1 + i);
      if (random.nextInt(8) == 0) {
        long pages = own[memcg] == 0 ? 0 : random.nextInt((int) own[memcg] + 1);
        own[memcg] -= pages;
        batch.open(at, Messages.MEMCG_UNCHARGE).add(pages);
      } else {
        int wanted = 64;
        int least = 1 + random.nextInt(8);
        batch.open(at, Messages.MEMCG_CHARGE).add(at).add(0).add(wanted).add(least);
        int breaks = drawn.breaks(own, memcg, least);
        long charged = breaks > 0 ? 0 : drawn.breaks(own, memcg, wanted) > 0 ? least : wanted;
        own[memcg] += charged;
        expected.add(breaks == 0 || breaks == memcg ? List.of(charged) : List.of(charged, (long) breaks));
      }
      (isTop ? batch : batch.add(memcg)).close();
      host.inject(List.of(batch));
    }
    host.runUntil(Long.MAX_VALUE);

    assertThat(((Listener) entities.get(directory.cpu(0))).answers).isEqualTo(expected);
    assertThat(expected).anyMatch(answer -> answer.getFirst() == 0);
    for (PageCounter counter : counters) {
      for (int memcg = 1; memcg < own.length; memcg++) {
        if (directory.memcg(memcg) == counter.id()) {
          assertThat(counter.usedPages(memcg)).as("cgroup %d", memcg).isEqualTo(drawn.sum(own, memcg));
        }
      }
    }
  }

  /**
   * <pre>
   * 0 - 1 - 3 - 5
   *   |   ` 4
   *   ` 2 - 6
   * </pre>
   */
  @Test
  void cgroupsAreVisitedBeforeTheirChildren() {
    MemcgTree tree = new MemcgTree(List.of(0, 0, 1, 1, 3, 2));

    assertThat(tree.subtree(0)).containsExactly(0, 1, 3, 5, 4, 2, 6);
    assertThat(tree.subtree(3)).containsExactly(3, 5);
    List<Integer> visited = new ArrayList<>();
    for (int memcg = 1; memcg >= 0; memcg = tree.next(1, memcg)) {
      visited.add(memcg);
    }
    assertThat(visited).containsExactly(1, 3, 5, 4);
    assertThat(tree.next(5, 5)).isEqualTo(-1);
    assertThat(tree.topLevel()).containsExactly(1, 2);
    assertThat(tree.topLevelOf(5)).isOne();
    assertThat(tree.levelsBelow(5, 1)).isEqualTo(2);
    assertThat(tree.above(5, 2)).isOne();
    assertThat(tree.above(6, 0)).isEqualTo(6);
  }

  @Test
  void aFlatTreeIsInTheOrderOfItsNumbers() {
    assertThat(new MemcgTree(Collections.nCopies(3, 0)).subtree(0)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aParentComesBeforeItsChildren() {
    assertThatThrownBy(() -> new MemcgTree(List.of(2, 0))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lower number");
    List<Integer> chain = new ArrayList<>();
    for (int memcg = 1; memcg <= MemcgTree.MOST_LEVELS + 1; memcg++) {
      chain.add(memcg - 1);
    }
    assertThatThrownBy(() -> new MemcgTree(chain)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("15 levels");
  }
}
