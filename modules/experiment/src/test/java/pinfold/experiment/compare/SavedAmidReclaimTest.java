package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cluster.state.StateCodec;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.reclaim.ThpDefrag;

/**
 * A machine that is saved while a task compacts or reclaims for 2 MiB and kswapd runs beside it, and goes on elsewhere. Two CPUs read
 * files of four times the memory, one faults in 2 MiB after 2 MiB between small pages, and the last is kswapd's.
 */
class SavedAmidReclaimTest {
  private static final long MIB = 1L << 20;
  private static final int NODE_PAGES = 32 << 8;
  private static final int THP = 512;
  private static final int THPS = 12;
  private static final int SMALL = NODE_PAGES * 3 / 4;
  private static final int FILE = 4 * NODE_PAGES;
  private static final int CHUNK = 256;
  private static final int SAVES_OF_EACH = 3;
  private static final long FAULT_EVERY_NANOS = 300_000;
  private static final long READ_EVERY_NANOS = 200_000;

  /** What is to be under way beside kswapd when a machine is saved. */
  enum Moment {
    COMPACTION("CompactZone"),
    PAGE_MIGRATION("CompactZone", "MigratePages"),
    RECLAIM("DirectReclaim", "TryToFreePages"),
    RECLAIM_OF_A_LIST("DirectReclaim", "ShrinkFolioList"),
    /** By kcompactd, for a fault that has taken small pages. */
    KCOMPACTD("Kcompactd", "CompactZone");

    private final List<String> frames;

    Moment(String... frames) {
      this.frames = List.of(frames);
    }

    boolean isNow(List<String> tasks) {
      Predicate<String> compacts = task -> (this == KCOMPACTD || task.contains("AllocThp")) && frames.stream().allMatch(task::contains);
      return tasks.stream().anyMatch(compacts) && (this == KCOMPACTD || tasks.stream().anyMatch(task -> task.startsWith("kswapd")));
    }
  }

  private static Machine build(boolean mglru, CompactionSpec compaction) {
    MachineConfig config = MachineConfig.uniform(1, 4, 32 * MIB, 0, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, THPS * THP, true), Vma.anonymous(THPS * THP, SMALL, false));
    return new Machine(new MachineSpec(config, Small.variant("linux-6.12"), CostModel.defaults(), 3,
        List.of(new SpaceSpec(0, THPS * THP + SMALL, vmas)), List.of(new FileSpec(0, FILE), new FileSpec(0, FILE)), mglru, THP, 0,
        new ReclaimSpec(0, ReclaimSpec.NO_LIMIT, 2 * NODE_PAGES, 60).forNodes().with(compaction)));
  }

  private static Host started(Machine machine, HostFactory hosts) {
    Host host = hosts.host(machine.entities(), machine.directory().machine().nearLinkNanos());
    List<TaskProgram> faults = faults(machine.spec().reclaim().compaction().kcompactd());
    for (int call = 0; call < faults.size(); call++) {
      machine.start(host, 0, call * FAULT_EVERY_NANOS, faults.get(call));
    }
    for (int page = 0; page < FILE; page += CHUNK) {
      for (int file = 0; file < 2; file++) {
        machine.start(host, 1 + file, page / CHUNK * READ_EVERY_NANOS, Programs.fileAccess(file, page, CHUNK, false));
      }
    }
    return host;
  }

  /**
   * Small pages, of which some are left here and there, then 2 MiB again and again.
   *
   * @param locked they are in most of the memory and locked, so that only compaction makes 2 MiB of it
   */
  private static List<TaskProgram> faults(boolean locked) {
    int small = locked ? SMALL : SMALL / 3;
    List<TaskProgram> calls = new ArrayList<>(List.of(Programs.write(0, THPS * THP, small)));
    for (int page = 0; page < small; page += 64) {
      calls.add(Programs.madviseDontNeed(0, THPS * THP + page, 48));
      if (locked) {
        calls.add(Programs.mlock(0, THPS * THP + page + 48, 16));
      }
    }
    for (int round = 0; round < 3; round++) {
      for (int thp = 0; thp < THPS; thp++) {
        calls.add(Programs.write(0, thp * THP, THP));
      }
      calls.add(Programs.madviseDontNeed(0, 0, THPS * THP));
    }
    return calls;
  }

  private static byte[] save(Machine machine) {
    Output output = new Output(1 << 16, -1);
    new StateCodec(machine).save(machine.entities(), output);
    return output.toBytes();
  }

  /** The moment that is now and was saved least often, null if none is or it was often enough. */
  private static Moment now(Machine machine, Map<Moment, Integer> saved) {
    List<String> all = new ArrayList<>();
    for (int cpu : new int[] {0, 2, 3}) {
      all.addAll(machine.cpu(cpu).liveTasks());
    }
    Moment now = null;
    for (Moment moment : Moment.values()) {
      boolean rarer = now == null || saved.getOrDefault(moment, 0) < saved.getOrDefault(now, 0);
      now = rarer && moment.isNow(all) ? moment : now;
    }
    return now == null || saved.getOrDefault(now, 0) == SAVES_OF_EACH ? null : now;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRestoredMachineEndsWithTheSameDigest(boolean mglru) {
    // With MGLRU no compaction moves anything while kswapd runs.
    run(mglru, CompactionSpec.DEFAULT, mglru ? Set.of(Moment.COMPACTION, Moment.RECLAIM, Moment.RECLAIM_OF_A_LIST)
        : Set.of(Moment.COMPACTION, Moment.PAGE_MIGRATION, Moment.RECLAIM, Moment.RECLAIM_OF_A_LIST));
  }

  @Test
  void aMachineWhoseKcompactdIsAtWorkIsNoDifferent() {
    run(false, new CompactionSpec(ThpDefrag.DEFER, true, true), Set.of(Moment.KCOMPACTD));
  }

  private static void run(boolean mglru, CompactionSpec compaction, Set<Moment> moments) {
    Machine reference = build(mglru, compaction);
    started(reference, HostFactory.sequential()).runUntil(Long.MAX_VALUE);

    long window = reference.directory().machine().nearLinkNanos();
    Map<Moment, Integer> saved = new EnumMap<>(Moment.class);
    Machine machine = build(mglru, compaction);
    Host host = started(machine, HostFactory.sequential());
    long step = 0;
    while (host.runUntil(host.nowNanos() + (1 + step++ % 4) * window) == Host.Outcome.END_TIME) {
      Moment moment = now(machine, saved);
      if (moment == null) {
        continue;
      }
      saved.merge(moment, 1, Integer::sum);
      byte[] state = save(machine);
      Machine next = build(mglru, compaction);
      started(next, HostFactory.sequential());
      new StateCodec(next).restore(new Input(state));
      assertThat(save(next)).as("saved in %s, read and saved again", moment).isEqualTo(state);
      host.close();
      machine = next;
      host = (saved.get(moment) % 2 == 0 ? HostFactory.actors(2) : HostFactory.sequential()).host(machine.entities(), window);
    }
    host.close();
    assertThat(saved).as("how often it was saved when").containsOnlyKeys(moments.toArray(Moment[]::new)).allSatisfy((when, times) ->
        assertThat(times).isEqualTo(SAVES_OF_EACH));
    assertThat(machine.observer().taskEnds()).hasSize(faults(compaction.kcompactd()).size() + 2 * FILE / CHUNK);
    assertThat(machine.digest()).isEqualTo(reference.digest());
  }
}
