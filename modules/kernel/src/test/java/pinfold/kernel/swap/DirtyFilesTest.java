package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.InvariantViolation;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.writeback.DirtyLimits;

/** Files on a disk that takes 8 ms to get to a run of pages and a millisecond for each: when they are written, and who waits for it. */
class DirtyFilesTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1000 * MS;
  private static final long SLACK = 2 * MS;
  private static final int FILE_PAGES = 64 << 8;

  private Machine machine;
  private Host host;
  private MachineChecks checks;

  private void build(long mib, boolean mglru, DirtyLimits limits) {
    MachineConfig config = MachineConfig.uniform(1, 2, mib << 20, 0, 0);
    SwapSpec disk = new SwapSpec(SwapSpec.Kind.SSD, 64, MS, MS, 8 * MS, 1, 4096, true, List.of(), limits, false);
    machine = new Machine(new MachineSpec(config, WritebackTest.A, CostModel.defaults(), 1, List.of(),
        List.of(new FileSpec(0, FILE_PAGES), new FileSpec(0, FILE_PAGES)), mglru, 512, 0,
        new ReclaimSpec(List.of(), disk, 60, true)));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, mib > 64 ? CheckLevel.FULL : CheckLevel.TOUCHED);
  }

  private void begin(TaskProgram program) {
    machine.start(host, 1, host.nowNanos() + 1_000, program);
  }

  private void runFor(long nanos) {
    host.runUntil(host.nowNanos() + nanos);
    checks.finish(host.nowNanos());
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  private long with(int file, int flag) {
    long with = 0;
    for (int page = 0; page < FILE_PAGES; page++) {
      int pfn = machine.file(file).pfn(page);
      with += pfn != 0 && machine.node(0).folios().has(pfn, flag) ? 1 : 0;
    }
    return with;
  }

  /** The flusher looks every five seconds from the first write on, and writes what is 30 s old: the sixth time. */
  @Test
  void whatNobodyWaitsForIsWrittenWhenItIsOld() {
    build(128, false, DirtyLimits.NONE);
    begin(Programs.fileWrite(0, 10, 20));
    runFor(30 * SECOND - 10 * MS);
    assertThat(count(VmCounter.NR_DIRTY)).isEqualTo(20);
    assertThat(with(0, FolioFlags.DIRTY)).isEqualTo(20);
    assertThat(machine.writeback().dirty()).isEqualTo(20);
    assertThat(count(VmCounter.NR_WRITTEN)).isZero();
    runFor(12 * MS);
    assertThat(count(VmCounter.NR_DIRTY)).isZero();
    assertThat(with(0, FolioFlags.WRITEBACK)).isEqualTo(20);
    assertThat(machine.writeback().underWriteback()).isEqualTo(20);
    // 8 ms to get there, 1 ms for each of 20 pages, of which some are over.
    runFor(28 * MS);
    assertThat(count(VmCounter.NR_WRITTEN)).isEqualTo(20);
    assertThat(count(VmCounter.NR_WRITEBACK)).isZero();
    assertThat(machine.writeback().underWriteback()).isZero();
    host.runUntil(Long.MAX_VALUE);
    assertThat(machine.read(id -> true).liveTasks()).isEmpty();
  }

  /** Two runs of pages are two seeks; pages between that are clean are not written. */
  @Test
  void beyondTheBackgroundLimitItIsWrittenAtOnce() {
    build(128, false, new DirtyLimits(1000, 40, 30 * SECOND, 5 * SECOND));
    begin(Programs.inTurn(List.of(Programs.fileAccess(0, 20, 10, false), Programs.fileWrite(0, 0, 20))));
    runFor(200 * MS);
    assertThat(count(VmCounter.NR_DIRTY)).isEqualTo(20);
    begin(Programs.fileWrite(0, 30, 21));
    runFor(2 * 8 * MS + 39 * MS);
    assertThat(count(VmCounter.NR_DIRTY)).isZero();
    assertThat(count(VmCounter.NR_WRITEBACK)).isPositive();
    runFor(3 * MS);
    assertThat(count(VmCounter.NR_WRITEBACK)).isZero();
    assertThat(count(VmCounter.NR_DIRTIED)).isEqualTo(41);
    assertThat(count(VmCounter.NR_WRITTEN)).isEqualTo(41);
  }

  /** 150 pages are dirty where 100 may be: the writer goes on when 50 of them are written, 8 + 50 ms later. */
  @Test
  void aWriterWaitsUntilNoMoreThanTheLimitIsDirty() {
    build(128, false, new DirtyLimits(100, 40, 30 * SECOND, 5 * SECOND));
    begin(Programs.fileWrite(0, 0, 150));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    TaskEnd end = machine.observer().taskEnds().getLast();
    assertThat(end.endNanos() - end.startNanos()).isBetween(58 * MS, 58 * MS + SLACK);
    assertThat(count(VmCounter.DIRTY_THROTTLED)).isOne();
    assertThat(count(VmCounter.DIRTY_THROTTLED_NANOS)).isBetween(58 * MS - SLACK, 58 * MS + SLACK);
    assertThat(count(VmCounter.NR_WRITTEN)).isEqualTo(150);
  }

  /** What is written to again while it is being written is dirty afterwards, and written once more when that is old. */
  @Test
  void whatIsWrittenToMeanwhileIsWrittenTwice() {
    build(128, false, new DirtyLimits(1000, 40, SECOND, SECOND / 2));
    begin(Programs.fileWrite(0, 0, 50));
    runFor(20 * MS);
    assertThat(with(0, FolioFlags.WRITEBACK)).isBetween(35L, 42L);
    begin(Programs.fileWrite(0, 0, 50));
    runFor(5 * MS);
    assertThat(count(VmCounter.NR_DIRTIED)).isEqualTo(100);
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(count(VmCounter.NR_WRITTEN)).isEqualTo(100);
    assertThat(count(VmCounter.NR_DIRTY)).isZero();
    assertThat(machine.writeback().dirty()).isZero();
  }

  /** Files take turns. */
  @Test
  void twoFilesAreWrittenByTurns() {
    build(128, false, new DirtyLimits(8000, 40, 30 * SECOND, 5 * SECOND));
    List<TaskProgram> writes = new ArrayList<>();
    for (int page = 0; page < 3000; page += 500) {
      writes.add(Programs.fileWrite(0, page, 500));
      writes.add(Programs.fileWrite(1, page, 500));
    }
    begin(Programs.inTurn(writes));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(count(VmCounter.NR_WRITTEN)).isEqualTo(6000);
    assertThat(count(VmCounter.NR_DIRTY) + count(VmCounter.NR_WRITEBACK)).isZero();
  }

  /** 48 MiB of files are written to where there are 32, and no limit: reclaim alone has them written, and takes them away afterwards. */
  @Test
  void reclaimHasItWritten() {
    build(32, false, DirtyLimits.NONE);
    List<TaskProgram> writes = new ArrayList<>();
    for (int page = 0; page < 48 << 8; page += 256) {
      writes.add(Programs.fileWrite(0, page, 256));
    }
    begin(Programs.inTurn(writes));
    host.runUntil(25 * SECOND);
    assertThat(machine.observer().taskEnds()).hasSize(1).allMatch(end -> end.result() == 0);
    assertThat(count(VmCounter.OOM_KILL)).isZero();
    assertThat(count(VmCounter.PGSTEAL_FILE)).isGreaterThan((48 - 32) << 8);
    assertThat(count(VmCounter.NR_WRITTEN)).isGreaterThanOrEqualTo(count(VmCounter.PGSTEAL_FILE));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(count(VmCounter.NR_WRITTEN)).isEqualTo(count(VmCounter.NR_DIRTIED)).isEqualTo(48 << 8);
  }

  /** The oldest pages are dirty, and there are others to take: the flusher is woken all the same, before it would wake by itself. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void reclaimWakesTheFlusher(boolean mglru) {
    build(32, mglru, DirtyLimits.NONE);
    List<TaskProgram> calls = new ArrayList<>();
    for (int page = 0; page < 24 << 8; page += 256) {
      calls.add(Programs.fileWrite(0, page, 256));
    }
    for (int page = 0; page < 16 << 8; page += 256) {
      calls.add(Programs.fileAccess(1, page, 256, false));
    }
    begin(Programs.inTurn(calls));
    host.runUntil(25 * SECOND);
    checks.finish(host.nowNanos());
    assertThat(machine.observer().taskEnds()).hasSize(1).allMatch(end -> end.result() == 0);
    assertThat(count(VmCounter.NR_WRITTEN)).isPositive();
  }

  @Test
  void aDirtyPageThatTheFileKnowsNothingOfIsFound() {
    build(128, false, DirtyLimits.NONE);
    begin(Programs.fileWrite(0, 0, 5));
    runFor(SECOND);
    machine.node(0).folios().clear(machine.file(0).pfn(3), FolioFlags.DIRTY);
    assertThat(catchThrowableOfType(InvariantViolation.class, () -> checks.finish(host.nowNanos())).getMessage())
        .contains("PG_dirty is clear, but page 3 of file 0 is dirty in the page cache");
  }
}
