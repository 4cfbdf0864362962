package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.node.MemoryNode;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.zone.MigrateType;

/** Breaks a healthy machine in one place and expects the invariant that says so. */
class InvariantsTest {
  private static final long MIB = 1L << 20;
  /** Pages of the space: 0–39 written by CPU 0 (31 on the LRU, 9 in lru_add), 64–71 locked, 128–131 pinned, 192 of a file. */
  private static final int ON_LRU = 3;
  private static final int IN_LRU_ADD = 35;
  private static final int LOCKED = 64;
  private static final int PINNED = 128;
  private static final int OF_FILE = 192;

  private Machine machine;
  private FolioTable folios;
  private Invariants invariants;
  private Host host;
  private CheckLevel checks = CheckLevel.FULL;

  InvariantsTest() {
    build(BusyMachine.A);
  }

  private void build(KernelVariant variant) {
    MachineConfig config = MachineConfig.uniform(1, 2, 128 * MIB, 64 * MIB, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, OF_FILE, false), Vma.shared(OF_FILE, 8, 0, 0));
    machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), 1, List.of(new SpaceSpec(0, 256, vmas)),
        List.of(new FileSpec(0, 8)), false, 512, 0));
    folios = machine.node(0).folios();
    invariants = new Invariants(machine);
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks.of(host, machine, checks);
    run(1, Programs.mlock(0, LOCKED, 8));
    run(1, Programs.write(0, PINNED, 4));
    run(1, Programs.drainLocal());
    run(1, Programs.vfioMap(0, PINNED, 4));
    run(1, Programs.populate(0, OF_FILE, 8));
    run(1, Programs.drainLocal());
    run(0, Programs.write(0, 0, 40));
  }

  /** As built, but nothing is checked unless a test asks. */
  private static InvariantsTest unchecked(KernelVariant variant) {
    InvariantsTest test = new InvariantsTest();
    test.checks = CheckLevel.OFF;
    test.build(variant);
    return test;
  }

  private static InvariantsTest inB() {
    InvariantsTest test = new InvariantsTest();
    test.build(BusyMachine.B);
    return test;
  }

  private void run(int cpu, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + 1_000, program);
    host.runUntil(Long.MAX_VALUE);
  }

  private int pfn(int page) {
    return Pte.pfn(machine.space(0).entry(page));
  }

  /** Queues the page for the active list on CPU 1. */
  private int activating(int page) {
    run(1, Programs.touch(0, page, 1));
    run(1, Programs.touch(0, page, 1));
    assertThat(machine.cpu(1).batches().entries(BatchKind.ACTIVATE)).contains(pfn(page));
    return pfn(page);
  }

  private void entry(BatchKind kind, int pfn) {
    machine.cpu(0).batches().add(kind, pfn, 0);
    folios.addReferences(pfn, 1);
  }

  private InvariantViolation violation() {
    return catchThrowableOfType(InvariantViolation.class, () -> invariants.sweep(host.nowNanos()));
  }

  private void expect(String invariant, int pfn) {
    InvariantViolation violation = violation();
    assertThat(violation).as("nothing was found").isNotNull();
    assertThat(violation.invariant()).as(violation.getMessage()).isEqualTo(invariant);
    assertThat(violation.pfn()).as(violation.getMessage()).isEqualTo(pfn);
  }

  private static <T> void reach(Object owner, String field, Class<T> type, Consumer<T> change) {
    try {
      Field found = owner.getClass().getDeclaredField(field);
      found.setAccessible(true);
      change.accept(type.cast(found.get(owner)));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void set(Object owner, String field, Object value) {
    try {
      Field found = owner.getClass().getDeclaredField(field);
      found.setAccessible(true);
      found.set(owner, value);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private void count(VmCounter counter, long change) {
    reach(machine.node(0), "counters", Counters.class, counters -> counters.add(counter, change));
  }

  @Test
  void aHealthyMachineHasNoViolation() {
    assertThat(folios.pins(pfn(PINNED))).isEqualTo(1);
    assertThat(violation()).isNull();
    assertThat(inB().violation()).isNull();
    assertThat(invariants.lastSweepSize()).isGreaterThan(40);
  }

  @Test
  void aMessageSaysWhereWhenWhatAndWhoHoldsIt() {
    int pfn = activating(ON_LRU);
    folios.addReferences(pfn, 1);
    assertThat(violation()).hasMessageContaining("I1 violated at node0").hasMessageContaining(host.nowNanos() + " ns")
        .hasMessageContaining("3 references").hasMessageContaining("account for 2").hasMessageContaining("pfn 0x")
        .hasMessageContaining("lru_activate of CPU 1").hasMessageContaining("mapcount 1");
  }

  @Test
  void aReferenceTooManyIsI1() {
    folios.addReferences(pfn(ON_LRU), 1);
    expect("I1", pfn(ON_LRU));
  }

  @Test
  void aLostBatchEntryIsI1() {
    int pfn = activating(ON_LRU);
    machine.cpu(1).batches().clear(BatchKind.ACTIVATE);
    expect("I1", pfn);
  }

  @Test
  void aMapcountThatNoPageTableShowsIsI1() {
    folios.addReferences(pfn(ON_LRU), 1);
    folios.addMapcount(pfn(ON_LRU), 1);
    expect("I1", pfn(ON_LRU));
  }

  @Test
  void aFileFolioThatItsFileDoesNotKnowIsI1() {
    int pfn = pfn(OF_FILE);
    reach(machine.file(0), "chunks", int[][].class, chunks -> chunks[0][0] = 0);
    expect("I1", pfn);
  }

  @Test
  void aFolioWithoutReferencesIsI2() {
    folios.addReferences(pfn(ON_LRU), -1);
    expect("I2", pfn(ON_LRU));
  }

  @Test
  void aPinThatItsHolderStillHasAndTheFolioDoesNotIsI3() {
    folios.addPins(pfn(PINNED), -1);
    expect("I3", pfn(PINNED));
  }

  @Test
  void lruWithoutAListIsI4() {
    folios.set(pfn(IN_LRU_ADD), FolioFlags.LRU);
    expect("I4", pfn(IN_LRU_ADD));
  }

  @Test
  void theWrongListIsI4() {
    folios.clear(pfn(ON_LRU), FolioFlags.SWAPBACKED);
    expect("I4", pfn(ON_LRU));
  }

  @Test
  void linksThatDisagreeAreI4() {
    folios.setNewer(pfn(ON_LRU), pfn(ON_LRU + 5));
    expect("I4", pfn(ON_LRU));
  }

  @Test
  void linkedWithoutLruIsI5() {
    folios.clear(pfn(ON_LRU), FolioFlags.LRU);
    expect("I5", pfn(ON_LRU));
  }

  @Test
  void inBQueuedWithLruIsI5() {
    InvariantsTest b = inB();
    int pfn = b.activating(ON_LRU);
    b.folios.set(pfn, FolioFlags.LRU);
    b.expect("I5", pfn);
  }

  @Test
  void waitingForTheLruWhileOnItIsI6() {
    entry(BatchKind.LRU_ADD, pfn(ON_LRU));
    expect("I6", pfn(ON_LRU));
  }

  @Test
  void inBTwoEntriesAreI7() {
    InvariantsTest b = inB();
    int pfn = b.activating(ON_LRU);
    b.entry(BatchKind.DEACTIVATE, pfn);
    b.expect("I7", pfn);
  }

  @Test
  void twoEntriesInLruAddAreI8() {
    entry(BatchKind.LRU_ADD, pfn(IN_LRU_ADD));
    expect("I8", pfn(IN_LRU_ADD));
  }

  @Test
  void aFullBatchAtRestIsI9() {
    for (int i = 0; i < 31; i++) {
      entry(BatchKind.ACTIVATE, pfn(ON_LRU));
    }
    expect("I9", pfn(ON_LRU));
  }

  @Test
  void aBatchThatHoldsSomethingWhileCachingIsDisabledIsI9() {
    run(1, Programs.lruCacheDisable());
    assertThat(violation()).isNull();
    entry(BatchKind.ACTIVATE, pfn(ON_LRU));
    expect("I9", -1);
  }

  @Test
  void activeOnAnInactiveListIsI10() {
    folios.set(pfn(ON_LRU), FolioFlags.ACTIVE);
    expect("I10", pfn(ON_LRU));
  }

  @Test
  void activeAndUnevictableIsI10() {
    folios.set(pfn(LOCKED), FolioFlags.ACTIVE);
    expect("I10", pfn(LOCKED));
  }

  @Test
  void aFolioDroppedFromItsListIsI11() {
    int newer = folios.newer(pfn(ON_LRU));
    int older = folios.older(pfn(ON_LRU));
    folios.setOlder(newer, older);
    folios.setNewer(older, newer);
    expect("I11", -1);
  }

  @Test
  void listsCountTheirPagesByZone() {
    MachineConfig config = MachineConfig.uniform(1, 2, 256 * MIB, 0, 128 * MIB);
    int pages = 40_000; // More than ZONE_MOVABLE has, so the rest is in ZONE_NORMAL.
    machine = new Machine(new MachineSpec(config, BusyMachine.A, CostModel.defaults(), 1,
        List.of(new SpaceSpec(0, pages, List.of(Vma.anonymous(0, pages, false)))), List.of(), false, 512, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    invariants = new Invariants(machine);
    run(0, Programs.populate(0, 0, pages));
    run(0, Programs.mlock(0, 100, 8));
    run(0, Programs.mlock(0, pages - 100, 4));
    run(0, Programs.drainLocal());

    MemoryNode node = machine.node(0);
    assertThat(violation()).isNull();
    assertThat(node.listPages(0, 4, 0)).isEqualTo(4);
    assertThat(node.listPages(0, 4, 1)).isEqualTo(8);
    assertThat(node.listPages(0, 0)).isEqualTo(pages - 12);
    assertThat(node.listPages(0, 0, 0)).isPositive().isEqualTo(pages - 12 - node.listPages(0, 0, 1));
  }

  @Test
  void anUnevictableFolioThatDoesNotCountIsI11() {
    folios.set(pfn(IN_LRU_ADD), FolioFlags.UNEVICTABLE | FolioFlags.LRU);
    machine.cpu(0).batches().clear(BatchKind.LRU_ADD);
    for (int page = 31; page < 40; page++) {
      if (page != IN_LRU_ADD) {
        entry(BatchKind.LRU_ADD, pfn(page));
        folios.addReferences(pfn(page), -1);
      }
    }
    folios.addReferences(pfn(IN_LRU_ADD), -1);
    expect("I11", -1);
  }

  @Test
  void anIsolatedFolioThatNobodyHoldsIsI12() {
    folios.set(pfn(IN_LRU_ADD), FolioFlags.ISOLATED);
    folios.addReferences(pfn(IN_LRU_ADD), 1);
    expect("I12", pfn(IN_LRU_ADD));
  }

  @Test
  void aWrongIsolatedCounterIsI12() {
    count(VmCounter.NR_ISOLATED_ANON, 1);
    expect("I12", -1);
  }

  @Test
  void aFreedPageOnAListIsI13() {
    int pfn = pfn(ON_LRU);
    folios.destroy(pfn);
    expect("I13", pfn);
  }

  @Test
  void aFreedPageThatIsMappedIsI13() {
    int pfn = pfn(IN_LRU_ADD);
    folios.destroy(pfn);
    expect("I13", pfn);
  }

  @Test
  void aFolioInTheBuddyIsI13() {
    machine.zone(0).buddy().free(pfn(ON_LRU), 0);
    expect("I13", pfn(ON_LRU));
  }

  @Test
  void aFolioOnAPcpListIsI13() {
    machine.cpu(0).pcp(0).put(pfn(ON_LRU), 0, MigrateType.MOVABLE.code());
    expect("I13", pfn(ON_LRU));
  }

  @Test
  void aLeakedPageIsI14() {
    assertThat(machine.cpu(0).pcp(0).take(0, MigrateType.MOVABLE.code())).isPositive();
    expect("I14", -1);
  }

  @Test
  void aCmaPageOnTheWrongPcpListIsI15() {
    int pfn = freeCmaPage();
    machine.zone(0).buddy().takeRange(pfn, 1);
    machine.cpu(0).pcp(0).put(pfn, 0, MigrateType.UNMOVABLE.code());
    expect("I15", pfn);
  }

  private int freeCmaPage() {
    int pfn = machine.directory().zones().get(0).cmaAreas().getFirst().endPfn() - 1;
    while (machine.zone(0).buddy().freeBlockOrder(pfn) < 0) {
      pfn--;
    }
    return pfn;
  }

  @Test
  void aCmaPageForALongTermPinIsI16() {
    int pfn = freeCmaPage();
    Snapshot snapshot = new Snapshot();
    PageChecks pages = new PageChecks(machine, snapshot, (invariant, entity, page, what) -> {
      throw new InvariantViolation(invariant, entity, 0, page, what, List.of());
    });
    machine.zone(0).buddy().takeRange(pfn, 1);
    snapshot.allocated(pfn, 0, true);
    InvariantViolation found = catchThrowableOfType(InvariantViolation.class, () -> pages.check(new long[1]));
    assertThat(found.invariant()).isEqualTo("I16");
  }

  @Test
  void aPinLeftInCmaIsI17() {
    machine.node(0).setPageblockType(pfn(PINNED), MigrateType.CMA.code());
    expect("I17", pfn(PINNED));
  }

  @Test
  void aForgottenUnpinIsI18() {
    folios.addPins(pfn(ON_LRU), 1);
    expect("I18", pfn(ON_LRU));
  }

  @Test
  void mlockedWithoutBeingCountedIsI19() {
    folios.set(pfn(ON_LRU), FolioFlags.MLOCKED);
    expect("I19", -1);
  }

  @Test
  void aDrainGenerationThatGoesBackIsI21() throws ReflectiveOperationException {
    run(1, Programs.drainAll());
    assertThat(violation()).isNull();
    Field generation = machine.drain().getClass().getDeclaredField("generation");
    generation.setAccessible(true);
    generation.setLong(machine.drain(), 0);
    expect("I21", -1);
  }

  @Test
  void aCpuThatADrainWouldPassOverIsI22() {
    reach(machine.drain(), "needsDrain", boolean[].class, needs -> needs[0] = false);
    expect("I22", -1);
  }

  @Test
  void offTheLruForNobodyIsI23() {
    folios.clear(pfn(LOCKED), FolioFlags.LRU);
    expect("I23", pfn(LOCKED));
  }

  @Test
  void aWrongPinCounterIsI26() {
    count(VmCounter.NR_FOLL_PIN_RELEASED, 1);
    expect("I26", -1);
  }

  @Test
  void theCheckOfTouchedFoliosSeesAFreedPageInABatch() {
    folios.destroy(pfn(IN_LRU_ADD));
    InvariantViolation found = catchThrowableOfType(InvariantViolation.class, () -> invariants.checkTouched(host.nowNanos()));
    assertThat(found.invariant()).isEqualTo("I13");
  }

  /** Breaks a folio behind everybody's back, has a task touch it, and expects to be told. */
  private static void expectWhenTouched(String invariant, Consumer<InvariantsTest> harm) {
    InvariantsTest test = unchecked(BusyMachine.A);
    test.invariants.checkTouched(test.host.nowNanos());
    harm.accept(test);
    test.run(1, Programs.touch(0, ON_LRU, 1));
    InvariantViolation found =
        catchThrowableOfType(InvariantViolation.class, () -> test.invariants.checkTouched(test.host.nowNanos()));
    assertThat(found).as(invariant).isNotNull();
    assertThat(found.invariant()).as(found.getMessage()).isEqualTo(invariant);
    assertThat(found.pfn()).isEqualTo(test.pfn(ON_LRU));
    assertThat(found).hasMessageContaining("what happened to the folio").hasMessageContaining("flushed from lru_add")
        .hasMessageContaining("CPU 1: TOUCH");
  }

  @Test
  void theCheckOfTouchedFoliosSeesWhatIsWrongWithThem() {
    expectWhenTouched("I1", test -> test.folios.addReferences(test.pfn(ON_LRU), 1));
    expectWhenTouched("I18", test -> test.folios.addPins(test.pfn(ON_LRU), 1));
    expectWhenTouched("I4", test -> test.folios.setNewer(test.pfn(ON_LRU), test.pfn(ON_LRU + 4)));
    expectWhenTouched("I23", test -> test.folios.clear(test.pfn(ON_LRU), FolioFlags.LRU));
    expectWhenTouched("I12", test -> {
      test.folios.clear(test.pfn(ON_LRU), FolioFlags.LRU);
      test.folios.setNewer(test.pfn(ON_LRU), 0);
      test.folios.setOlder(test.pfn(ON_LRU), 0);
      test.folios.set(test.pfn(ON_LRU), FolioFlags.ISOLATED);
      test.folios.addReferences(test.pfn(ON_LRU), 1);
    });
  }

  @Test
  void aDecisionOfTheDrainRuleThatTheFolioDoesNotCallForIsSeen() {
    InvariantsTest test = unchecked(BusyMachine.A);
    int unpinnable = 0;
    while (test.machine.node(0).longtermPinnable(test.pfn(unpinnable))) {
      unpinnable++;
    }
    int pfn = test.pfn(unpinnable);
    test.folios.clear(pfn, FolioFlags.LRU);
    test.run(1, Programs.vfioMap(0, unpinnable, 1));
    InvariantViolation found =
        catchThrowableOfType(InvariantViolation.class, () -> test.invariants.checkTouched(test.host.nowNanos()));
    assertThat(found).isNotNull();
    assertThat(found.invariant()).as(found.getMessage()).isEqualTo("drains");
    assertThat(found).hasMessageContaining("LRU_FLAG said DRAIN_ALL after NONE, ISOLATE was expected");
  }

  @Test
  void aLockThatNobodyIsLeftToGiveBackIsSeen() {
    reach(machine.space(0), "mmapLock", Object.class, lock -> set(lock, "written", true));
    assertThat(violation()).isNotNull().hasMessageContaining("locks violated at mm0").hasMessageContaining("mmap_lock of mm0");
    reach(machine.space(0), "mmapLock", Object.class, lock -> set(lock, "written", false));
    assertThat(violation()).isNull();
    reach(machine.space(0), "lockQueues", Map.class, queues -> queues.put(0, new ArrayDeque<>()));
    assertThat(violation()).isNotNull().hasMessageContaining("locks violated at mm0").hasMessageContaining("page-table locks");
  }

  @Test
  void aListReportedTwiceCountsOnceAndFromWhereItIsStillHeld() {
    Snapshot snapshot = new Snapshot();
    LongList list = new LongList();
    list.add(5);
    list.add(6);
    snapshot.pins(list, 0, true);
    snapshot.pins(list, 1, false);
    snapshot.addPinLists();
    assertThat(snapshot.pins(5)).isZero();
    assertThat(snapshot.pins(6)).isEqualTo(1);
  }

  @Test
  void aRunThatBreaksStopsThere() {
    folios.addReferences(pfn(ON_LRU), 1);
    InvariantViolation found = catchThrowableOfType(InvariantViolation.class, () -> run(1, Programs.write(0, 150, 2)));
    assertThat(found.invariant()).isEqualTo("I1");
  }
}
