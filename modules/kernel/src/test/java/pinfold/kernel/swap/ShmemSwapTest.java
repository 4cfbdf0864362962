package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.InvariantViolation;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.mm.Vma;

/** Files in tmpfs whose pages go to swap and come back: number 0 is nobody's mapping, number 1 is mapped. */
class ShmemSwapTest {
  private static final long MIB = 1L << 20;
  private static final int PAGES = 40;
  private static final long WRITE_NANOS = 100_000;
  private static final long READ_NANOS = 70_000;
  private static final SwapSpec SSD = new SwapSpec(SwapSpec.Kind.SSD, 64, READ_NANOS, WRITE_NANOS, 2, 64, List.of());

  private Machine machine;
  private FolioTable folios;
  private FileMapping file;
  private Host host;
  private MachineChecks checks;

  private void build(SwapSpec swap, boolean mglru, long limit) {
    MachineConfig config = MachineConfig.uniform(1, 2, 128 * MIB, 0, 0);
    SpaceSpec space = new SpaceSpec(0, 512, List.of(Vma.shared(0, 512, 1, 0)), 1);
    machine = new Machine(new MachineSpec(config, WritebackTest.A, CostModel.defaults(), 1, List.of(space),
        List.of(new FileSpec(0, 512, 1), new FileSpec(0, 512, 1)), mglru, 512, 0, new ReclaimSpec(List.of(limit), swap, 60, false)));
    folios = machine.node(0).folios();
    file = machine.file(0);
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, CheckLevel.FULL);
  }

  private void build(SwapSpec swap) {
    build(swap, false, 400);
  }

  private void call(int cpu, TaskProgram program) {
    begin(cpu, program);
    host.runUntil(Long.MAX_VALUE);
  }

  private void begin(int cpu, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + 1_000, program);
  }

  /** Pages of the file are written, and nothing of them is left in a batch. */
  private void write(int pages) {
    call(0, Programs.fileAccess(0, 0, pages, true));
    call(0, Programs.drainLocal());
  }

  private int[] pfns(int from, int end) {
    return IntStream.range(from, end).map(file::pfn).filter(pfn -> pfn != 0).toArray();
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  private long inSwap(int number) {
    return IntStream.range(0, 512).filter(page -> machine.file(number).slot(page) >= 0).count();
  }

  private TaskEnd last() {
    return machine.observer().taskEnds().getLast();
  }

  @Test
  void aPageGoesToItsSlotAndComesBackAsARefault() {
    build(SwapSpec.zram(64));
    write(PAGES);
    assertThat(count(VmCounter.NR_SHMEM)).isEqualTo(PAGES);
    call(1, FolioPrograms.pageOut(pfns(0, 10)));
    assertThat(last().result()).isEqualTo(10);
    assertThat(IntStream.range(0, 10).map(file::slot).boxed()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(count(VmCounter.PSWPOUT)).isEqualTo(10);
    assertThat(count(VmCounter.NR_SHMEM)).isEqualTo(PAGES - 10);
    assertThat(count(VmCounter.NR_FILE_PAGES)).isEqualTo(PAGES - 10);
    assertThat(machine.swap().used()).isEqualTo(10);
    checks.finish(host.nowNanos());

    call(0, Programs.fileAccess(0, 4, 10, true));
    assertThat(count(VmCounter.PSWPIN)).isEqualTo(6);
    assertThat(count(VmCounter.WORKINGSET_REFAULT_ANON)).isEqualTo(6);
    assertThat(count(VmCounter.WORKINGSET_REFAULT_FILE)).isZero();
    assertThat(machine.swap().used()).isEqualTo(4);
    assertThat(count(VmCounter.NR_SHMEM)).isEqualTo(PAGES - 4);
    checks.finish(host.nowNanos());

    call(0, Programs.truncate(0, 0, PAGES));
    call(0, Programs.drainLocal());
    assertThat(machine.swap().used()).isZero();
    assertThat(count(VmCounter.NR_SHMEM)).isZero();
    assertThat(count(VmCounter.PGFREE)).isEqualTo(count(VmCounter.PGALLOC)).isEqualTo(PAGES + 6);
    checks.finish(host.nowNanos());
  }

  /** A cgroup of 100 pages and a file of 300: what does not fit is in swap, and every page is in one of the two. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileMayBeLargerThanTheMemoryCgroup(boolean mglru) {
    build(SwapSpec.zram(512), mglru, 100);
    write(300);
    assertThat(last().result()).isZero();
    assertThat(machine.memcg(1).mostPages(1)).isLessThanOrEqualTo(100);
    assertThat(inSwap(0)).isEqualTo(count(VmCounter.PSWPOUT)).isBetween(200L, 300L);
    assertThat(count(VmCounter.NR_SHMEM)).isEqualTo(300 - inSwap(0));
    call(0, Programs.fileAccess(0, 0, 300, true));
    assertThat(count(VmCounter.PSWPIN)).isPositive().isEqualTo(count(VmCounter.WORKINGSET_REFAULT_ANON));
    assertThat(inSwap(0)).isEqualTo(count(VmCounter.PSWPOUT) - count(VmCounter.PSWPIN)).isEqualTo(machine.swap().used());
    assertThat(count(VmCounter.MEMCG_OOM)).isZero();
    checks.finish(host.nowNanos());
  }

  @Test
  void whereSwapIsFullTheyBecomeActive() {
    build(SwapSpec.zram(4));
    write(10);
    int[] pfns = pfns(0, 10);
    call(1, FolioPrograms.pageOut(pfns));
    assertThat(last().result()).isEqualTo(4);
    assertThat(IntStream.of(pfns).skip(4)).allMatch(pfn -> folios.has(pfn, FolioFlags.ACTIVE) && folios.has(pfn, FolioFlags.LRU));
    assertThat(machine.swap().used()).isEqualTo(4);
    checks.finish(host.nowNanos());
  }

  @Test
  void whatSomebodyHoldsStaysAndItsSlotIsFreed() {
    build(SwapSpec.zram(64));
    write(3);
    int[] pfns = pfns(0, 3);
    call(0, FolioPrograms.get(new int[] {pfns[1]}));
    call(1, FolioPrograms.pageOut(pfns));
    assertThat(last().result()).isEqualTo(2);
    assertThat(file.pfn(1)).isEqualTo(pfns[1]);
    assertThat(machine.swap().used()).isEqualTo(2);
  }

  /** All ten are mapped and were accessed; the second try unmaps them, and a write brings them back. */
  @Test
  void whatIsMappedIsUnmappedAndReadByAFault() {
    build(SwapSpec.zram(64));
    file = machine.file(1);
    call(0, Programs.write(0, 0, 10));
    call(0, Programs.drainLocal());
    int[] pfns = pfns(0, 10);
    call(1, FolioPrograms.pageOut(pfns));
    assertThat(last().result()).isZero();
    assertThat(IntStream.range(0, 10).mapToLong(machine.space(0)::entry)).allMatch(entry -> entry != 0);
    call(1, FolioPrograms.pageOut(pfns));
    assertThat(last().result()).isEqualTo(10);
    assertThat(IntStream.range(0, 10).mapToLong(machine.space(0)::entry)).containsOnly(0L);
    assertThat(inSwap(1)).isEqualTo(10);
    checks.finish(host.nowNanos());
    call(0, Programs.write(0, 3, 4));
    assertThat(count(VmCounter.PSWPIN)).isEqualTo(4);
    assertThat(inSwap(1)).isEqualTo(6);
    assertThat(IntStream.range(3, 7).map(file::pfn)).allMatch(pfn -> folios.mapcount(pfn) == 1);
    checks.finish(host.nowNanos());
  }

  /** Ten writes, two at a time: the last is over after 500 us. Who reads that page meanwhile gets the folio itself, but later. */
  @Test
  void whoReadsWhatIsUnderWritebackWaitsForItsEnd() {
    build(SSD);
    write(10);
    int[] pfns = pfns(0, 10);
    long before = host.nowNanos();
    begin(1, FolioPrograms.pageOut(pfns));
    host.runUntil(before + 50_000);
    assertThat(IntStream.of(pfns)).allMatch(pfn -> folios.has(pfn, FolioFlags.WRITEBACK));
    assertThat(inSwap(0)).isEqualTo(10);
    assertThat(count(VmCounter.NR_SHMEM)).isZero();
    begin(0, Programs.fileAccess(0, 9, 1, true));
    host.runUntil(Long.MAX_VALUE);
    assertThat(last().endNanos() - before).isBetween(5 * WRITE_NANOS, 5 * WRITE_NANOS + 50_000);
    assertThat(file.pfn(9)).isEqualTo(pfns[9]);
    assertThat(count(VmCounter.PSWPIN)).isZero();
    assertThat(machine.swap().used()).isEqualTo(9);
    checks.finish(host.nowNanos());
  }

  /** Slots of what is being written outlive the file, until reclaim finds the folios. */
  @Test
  void whatIsUnderWritebackOutlivesItsFile() {
    build(SSD);
    write(10);
    int[] pfns = pfns(0, 10);
    begin(1, FolioPrograms.pageOut(pfns));
    host.runUntil(host.nowNanos() + 350_000);
    call(0, Programs.truncate(0, 0, 10));
    assertThat(inSwap(0)).isZero();
    assertThat(machine.swap().used()).isEqualTo(4);
    call(1, Programs.drainLocal());
    call(0, Programs.drainLocal());
    checks.finish(host.nowNanos());
    write(10);
    call(0, FolioPrograms.pageOut(IntStream.of(pfns).filter(pfn -> folios.isAllocated(pfn) && folios.has(pfn, FolioFlags.SWAPCACHE))
        .toArray()));
    assertThat(machine.swap().used()).isZero();
    checks.finish(host.nowNanos());
  }

  /** Both are read one after the other, as a read goes page by page. */
  @Test
  void whoReadsFromADeviceSleeps() {
    build(SSD);
    write(2);
    int[] pfns = pfns(0, 2);
    call(1, FolioPrograms.pageOut(pfns));
    call(1, Programs.drainLocal());
    call(1, FolioPrograms.pageOut(pfns));
    assertThat(last().result()).isEqualTo(2);
    long before = host.nowNanos();
    call(0, Programs.fileAccess(0, 0, 2, true));
    assertThat(last().endNanos() - before).isBetween(2 * READ_NANOS, 2 * READ_NANOS + 30_000);
    assertThat(count(VmCounter.PSWPIN)).isEqualTo(2);
    checks.finish(host.nowNanos());
  }

  private enum State {
    ABSENT, CACHED, SWAPPED
  }

  /** A page has one of three states, and each operation a plain effect on it; all that is counted follows. */
  @ParameterizedTest
  @CsvSource({"1, false", "2, true", "3, false", "4, true"})
  void randomOperationsDoWhatANaiveModelSays(long seed, boolean mglru) {
    build(SwapSpec.zram(512), mglru, 400);
    Random random = new Random(seed);
    State[] states = new State[PAGES];
    Arrays.fill(states, State.ABSENT);
    long out = 0;
    long in = 0;
    for (int operation = 0; operation < 80; operation++) {
      int from = random.nextInt(PAGES);
      int end = from + 1 + random.nextInt(PAGES - from);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          call(random.nextInt(2), Programs.fileAccess(0, from, end - from, true));
          for (int page = from; page < end; page++) {
            in += states[page] == State.SWAPPED ? 1 : 0;
            states[page] = State.CACHED;
          }
        }
        case 2 -> {
          call(random.nextInt(2), Programs.truncate(0, from, end - from));
          Arrays.fill(states, from, end, State.ABSENT);
        }
        default -> {
          call(0, Programs.drainAll());
          int[] pfns = pfns(from, end);
          if (pfns.length > 0) {
            call(random.nextInt(2), FolioPrograms.pageOut(pfns));
          }
          for (int page = from; page < end; page++) {
            out += states[page] == State.CACHED ? 1 : 0;
            states[page] = states[page] == State.CACHED ? State.SWAPPED : states[page];
          }
        }
      }
      checks.finish(host.nowNanos());
      for (int page = 0; page < PAGES; page++) {
        State found = file.pfn(page) != 0 ? State.CACHED : file.slot(page) >= 0 ? State.SWAPPED : State.ABSENT;
        assertThat(found).as("seed %d, operation %d, page %d", seed, operation, page).isEqualTo(states[page]);
      }
      assertThat(count(VmCounter.PSWPOUT)).isEqualTo(out);
      assertThat(count(VmCounter.PSWPIN)).isEqualTo(in);
      assertThat((long) machine.swap().used()).isEqualTo(Arrays.stream(states).filter(state -> state == State.SWAPPED).count());
      assertThat(count(VmCounter.NR_SHMEM)).isEqualTo(Arrays.stream(states).filter(state -> state == State.CACHED).count());
    }
    assertThat(in).isPositive();
  }

  @Test
  void aPageInBothPlacesIsFound() {
    build(SwapSpec.zram(64));
    write(4);
    int pfn = file.pfn(2);
    folios.set(pfn, FolioFlags.SWAPCACHE);
    folios.addReferences(pfn, 1);
    assertThat(catchThrowableOfType(InvariantViolation.class, () -> checks.finish(host.nowNanos())).getMessage())
        .contains("in the page cache and in the swap cache");
  }
}
