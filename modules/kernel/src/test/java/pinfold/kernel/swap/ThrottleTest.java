package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.node.ThrottleReason;

/** A device that writes one page each millisecond and takes whatever it is given: how long reclaim sleeps for it. */
class ThrottleTest {
  private static final long MS = 1_000_000;
  /** What requests, their links and a switch of tasks may take beyond the sleep itself. */
  private static final long SLACK = 100_000;

  private Machine machine;
  private Host host;
  private MachineChecks checks;

  private void build(long mib, int pages, boolean ofNodes) {
    MachineConfig config = MachineConfig.uniform(1, 4, mib << 20, 0, 0);
    SwapSpec disk = new SwapSpec(SwapSpec.Kind.SSD, 1 << 15, MS / 10, MS, 1, 1 << 15, List.of());
    SpaceSpec space = new SpaceSpec(0, pages, List.of(Vma.anonymous(0, pages, false)), 1);
    machine = new Machine(new MachineSpec(config, WritebackTest.A, CostModel.defaults(), 1, List.of(space), List.of(), false, 512, 0,
        new ReclaimSpec(List.of(ReclaimSpec.NO_LIMIT), disk, 60, ofNodes)));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
  }

  private void call(int cpu, TaskProgram program) {
    begin(cpu, program);
    host.runUntil(Long.MAX_VALUE);
  }

  private void begin(int cpu, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + 1_000, program);
  }

  private static TaskProgram throttle(ThrottleReason reason) {
    return FolioPrograms.throttle(0, reason);
  }

  /** Begins to write so many pages; half a millisecond later none is written. */
  private void writeBack(int pages) {
    build(128, 512, false);
    call(0, Programs.write(0, 0, pages));
    call(0, Programs.madviseCold(0, 0, pages));
    call(0, Programs.drainLocal());
    begin(0, FolioPrograms.pageOut(IntStream.range(0, pages).map(page -> Pte.pfn(machine.space(0).entry(page))).toArray()));
    host.runUntil(host.nowNanos() + MS / 2);
    assertThat(count(VmCounter.NR_WRITEBACK)).isEqualTo(pages);
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  private void assertSlept(long nanos, int... tasksFromTheEnd) {
    List<TaskEnd> ends = machine.observer().taskEnds();
    for (int task : tasksFromTheEnd) {
      TaskEnd end = ends.get(ends.size() - task);
      assertThat(end.endNanos() - end.startNanos()).isBetween(nanos - SLACK, nanos + SLACK);
    }
    checks.finish(host.nowNanos());
  }

  /** One that sleeps goes on when more than 32 pages are written: with the 33rd, which is done 33 ms after the first was begun. */
  @Test
  void enoughIsWrittenForOne() {
    writeBack(60);
    call(1, throttle(ThrottleReason.WRITEBACK));
    assertThat(count(VmCounter.THROTTLED_WRITEBACK)).isOne();
    assertSlept(33 * MS - MS / 2, 1);
  }

  /** Two go on together when more than 64 are written since the first began to wait: with the 65th. */
  @Test
  void andForTwo() {
    writeBack(100);
    begin(1, throttle(ThrottleReason.WRITEBACK));
    begin(2, throttle(ThrottleReason.WRITEBACK));
    host.runUntil(Long.MAX_VALUE);
    assertSlept(65 * MS - MS / 2, 1, 2);
  }

  /** 20 pages are not enough, so HZ/10 have to pass. */
  @Test
  void orATenthOfASecondIsOver() {
    writeBack(20);
    call(1, throttle(ThrottleReason.WRITEBACK));
    assertSlept(100 * MS, 1);
  }

  /** A tick, while more than half of what could be reclaimed is being written; it is all here. Afterwards nobody sleeps. */
  @ParameterizedTest
  @EnumSource(names = {"NOPROGRESS", "CONGESTED"})
  void inVainATickWhileMuchIsBeingWritten(ThrottleReason reason) {
    writeBack(20);
    call(1, throttle(reason));
    assertSlept(4 * MS, 1);
    call(1, throttle(reason));
    assertSlept(0, 1);
    assertThat(machine.counters().get(VmCounter.THROTTLED_NOPROGRESS) + count(VmCounter.THROTTLED_CONGESTED)).isOne();
  }

  /**
   * A node of 32 MiB and a task that wants half as much again. kswapd meets what it has written before it is done: all of a scan first, and
   * then what comes round. Each time it sleeps until 33 more pages are written, which takes more than 32 and at most 33 ms, as it goes to
   * sleep between two of them. The task itself finds nothing meanwhile, sleeps for a tick each time, and may
   * be killed in the end: no device has a queue as long as this one's.
   */
  @Test
  void kswapdWaitsForWhatComesRound() {
    build(32, 48 << 8, true);
    call(0, Programs.write(0, 0, 48 << 8));
    Counters counters = machine.counters();
    long sleeps = counters.get(VmCounter.THROTTLED_WRITEBACK);
    long others = counters.get(VmCounter.THROTTLED_NOPROGRESS) + counters.get(VmCounter.THROTTLED_CONGESTED);
    assertThat(sleeps).isPositive();
    long slept = counters.get(VmCounter.RECLAIM_THROTTLED_NANOS) - others * 4 * MS;
    assertThat(slept).isBetween(sleeps * (32 * MS - SLACK), sleeps * (33 * MS + SLACK) + others * SLACK);
    checks.finish(host.nowNanos());
  }
}
