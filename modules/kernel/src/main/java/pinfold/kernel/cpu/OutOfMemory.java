package pinfold.kernel.cpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import pinfold.engine.EventBatch;
import pinfold.kernel.Directory;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Messages;
import pinfold.kernel.Observer.Badness;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.zone.Zone;

/**
 * out_of_memory() (mm/oom_kill.c, 6.12), by whoever has oom_lock: chooses the task with the highest oom_badness() among those of a memory
 * cgroup and the cgroups below it, or of the machine, and kills all tasks of its mm. Nobody is chosen while an earlier victim has memory.
 * Returns 1 if some task is dying, else 0.
 *
 * <p>Tasks are asked, cgroup by cgroup, in the order of their address spaces, which is that of the scenario and stands for the order of
 * forks; of equals the last one is taken, as in the kernel. What has no page, no swap entry and no page table is passed over: it may not
 * have begun, or be gone.
 */
final class OutOfMemory extends Frame {
  /** Lines of the report's table. */
  private static final int TABLE_TASKS = 8;
  private static final int NOBODY = -1;

  private final int memcg;
  private final List<Badness> candidates = new ArrayList<>();
  /** What stood in the way of MGLRU's scans. */
  private final LongList blocked = new LongList();
  private int[] spaces;
  private boolean onlyAsking;
  private int asked;
  private Badness chosen;
  private int killed;
  private int victimCpu = NOBODY;
  private int victimTask = NOBODY;
  private boolean endsRun;

  /** @param memcg the memory cgroup that is at its limit, 0 if the machine has no page */
  OutOfMemory(int memcg) {
    this.memcg = memcg;
  }

  /** Takes oom_lock; the answer's word is 1 if the task has it now. */
  static Signal lock(Cpu cpu, boolean wait) {
    cpu.request(cpu.directory().oomLock(), Messages.OOM_LOCK).add(wait ? Zone.OOM_LOCK_WAIT : Zone.OOM_LOCK_TRY).close();
    return wait ? Signal.SLEEP : Signal.BUSY;
  }

  static void unlock(Cpu cpu) {
    cpu.request(cpu.directory().oomLock(), Messages.OOM_LOCK).add(Zone.OOM_LOCK_GIVE_BACK).close();
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        if (cpu.isKilled()) {
          return cpu.ret(1);
        }
        onlyAsking = memcg == 0 && spec(cpu).killsAllocatingTask() && cpu.spaceOfTask() >= 0;
        spaces = onlyAsking ? new int[] {cpu.spaceOfTask()} : spaces(cpu);
        boolean looks = memcg > 0 && cpu.mglru();
        at = looks ? 1 : 2;
        return looks ? findBlocked(cpu) : Signal.RUN;
      }
      case 1 -> {
        for (int i = 0; i < cpu.burstResults(); i++) {
          blocked.add(cpu.burstResult(i));
        }
        at = 2;
        return Signal.RUN;
      }
      case 2 -> {
        if (asked == spaces.length) {
          return choose(cpu);
        }
        at = 3;
        return ask(cpu, spaces[asked], false);
      }
      case 3 -> {
        if (cpu.reply(4) != 0) {
          return cpu.ret(1);
        }
        evaluate(cpu, spaces[asked++]);
        at = 2;
        return Signal.RUN;
      }
      case 4 -> {
        for (int other = 0; other < cpu.directory().cpus(); other++) {
          cpu.askToKill(this, other, chosen.space(), false);
        }
        at = 5;
        return cpu.directory().cpus() > 1 ? cpu.joinRequests() : Signal.RUN;
      }
      case 5 -> {
        if (killed > 0) {
          return tell(cpu);
        }
        // Its tasks sleep, and there is none in the model: one is woken to take it down.
        int other = cpu.directory().firstCpu(cpu.directory().nodeOfSpace(chosen.space()));
        cpu.askToKill(this, other, chosen.space(), true);
        return other == cpu.number() ? Signal.RUN : cpu.joinRequests();
      }
      default -> throw new IllegalStateException(toString());
    }
  }

  private static ReclaimSpec spec(Cpu cpu) {
    return cpu.directory().reclaimSpec();
  }

  private int[] spaces(Cpu cpu) {
    return memcg == 0 ? IntStream.range(0, cpu.directory().spaces()).toArray() : cpu.directory().memcgTree().subtree(memcg).stream()
        .flatMap(below -> cpu.rmap().spacesOf(below).stream()).mapToInt(Integer::intValue).toArray();
  }

  /** What stood in the way, for the report; the kernel does not look. */
  private Signal findBlocked(Cpu cpu) {
    cpu.ops().add(BurstOp.GEN_BLOCKED.word(0, memcg));
    return cpu.sendBurst(cpu.directory().nodesFrom(cpu.node())[0], 0, Progress.NONE, 0, 0);
  }

  private static Signal ask(Cpu cpu, int space, boolean choose) {
    cpu.request(cpu.directory().space(space), Messages.OOM_ASK).add(choose ? 1 : 0).close();
    return Signal.BUSY;
  }

  /** oom_badness(), and oom_evaluate_task(): of equals the later one. */
  private void evaluate(Cpu cpu, int space) {
    Badness badness = Badness.of(space, cpu.reply(0), cpu.reply(1), cpu.reply(2), (int) cpu.reply(3), totalPages(cpu));
    if (badness.isEmpty()) {
      return;
    }
    candidates.add(badness);
    if (badness.oomScoreAdj() != SpaceSpec.NEVER_KILLED && (chosen == null || badness.points() >= chosen.points())) {
      chosen = badness;
    }
  }

  /** What an oom_score_adj of 1000 stands for (constrained_alloc(), mem_cgroup_get_max()): memory and swap. */
  private long totalPages(Cpu cpu) {
    ReclaimSpec spec = spec(cpu);
    long memory = memcg == 0 ? cpu.directory().zones().stream().mapToLong(ZoneConfig::managedPages).sum()
        : spec.limitPages().get(memcg - 1);
    return memory + (memcg == 0 || spec.swappiness() > 0 ? spec.swap().slots() : 0);
  }

  private Signal choose(Cpu cpu) {
    if (chosen != null) {
      at = 4;
      return ask(cpu, chosen.space(), true);
    }
    if (onlyAsking) {
      // It may not be killed, or there is nothing of it: any other.
      onlyAsking = false;
      spaces = spaces(cpu);
      candidates.clear();
      asked = 0;
      at = 2;
      return Signal.RUN;
    }
    endsRun = memcg == 0;
    tellObserver(cpu);
    return cpu.ret(0);
  }

  /** A CPU has killed so many tasks of the victim. */
  void killed(int onCpu, int tasks, int firstTask, boolean ends) {
    killed += tasks;
    endsRun |= ends;
    if (tasks > 0 && (victimCpu < 0 || onCpu < victimCpu)) {
      victimCpu = onCpu;
      victimTask = firstTask;
    }
  }

  private Signal tell(Cpu cpu) {
    cpu.tell(cpu.directory().space(chosen.space()), Messages.OOM_TASKS).add(killed).close();
    cpu.count(VmCounter.OOM_KILL, 1);
    tellObserver(cpu);
    return cpu.ret(1);
  }

  private void tellObserver(Cpu cpu) {
    candidates.sort(Comparator.comparingLong(Badness::points).reversed());
    List<Badness> table = candidates.subList(0, Math.min(TABLE_TASKS, candidates.size()));
    EventBatch out = cpu.tell(Directory.OBSERVER, Messages.OOM_KILL).add(cpu.number()).add(cpu.task()).add(memcg).add(cpu.clockNanos())
        .add(endsRun ? 1 : 0).add(chosen == null ? NOBODY : chosen.space()).add(victimCpu).add(victimTask).add(totalPages(cpu))
        .add(table.size());
    table.forEach(badness -> badness.addTo(out));
    out.addAll(blocked.words(), 0, blocked.size()).close();
  }
}
