package pinfold.experiment.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.Small;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.trace.TraceRequest;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ScenarioConfig;

/** What is told of a run against what the run itself says of its pins, and against a situation worked out by hand. */
class ExplainTest {
  private static Rerun rerun(ScenarioConfig scenario, String variant) {
    return new Rerun(scenario, Small.variant(variant), 1, HostFactory.sequential(), purpose -> (now, windows) -> true);
  }

  private static RunResult result(Rerun rerun) {
    return rerun.run("", TraceRequest.NOTHING, Long.MAX_VALUE).result();
  }

  private static ScenarioConfig scenario(String name) {
    return name.equals("crosvm") ? Small.crosvm() : Small.mainJob();
  }

  /** By the trace alone: batch entries that were added to and not flushed, by kind << 16 | CPU, oldest first. */
  private static List<Integer> holders(List<TraceRecord> records, int pfn) {
    List<Integer> open = new ArrayList<>();
    for (TraceRecord record : records) {
      Integer batch = TraceRecord.high(record.a()) << 16 | record.cpu();
      if (record.pfn() == pfn && record.event() == TraceEvent.FOLIO_BATCH_ADD) {
        open.add(batch);
      } else if (record.pfn() == pfn && record.event() == TraceEvent.FOLIO_BATCH_FLUSH) {
        assertThat(open.remove(batch)).as("flushed from a batch that has it").isTrue();
      }
    }
    return open;
  }

  @ParameterizedTest
  @CsvSource({"main, linux-6.10", "main, linux-6.8", "main, will-2025", "crosvm, linux-6.12", "crosvm, linux-6.1"})
  void theBatchThatIsBlamedHoldsTheFolioAtTheEndOfTheBiography(String name, String variant) {
    Rerun rerun = rerun(scenario(name), variant);
    List<PinCall> calls = result(rerun).pinCalls();
    PinCall call = calls.stream().filter(one -> one.blamedCpu() >= 0).findFirst().orElse(null);
    if (call == null) {
      assertThat(calls).as("every pin works with " + variant).allMatch(one -> one.outcome() == 0);
      return;
    }

    FolioBiography biography = FolioBiography.of(rerun, call.blamedPfn(), call.startNanos(), call.endNanos());
    // After the last try it is put back, and waits in a batch once more.
    List<TraceRecord> records = biography.records();
    List<TraceEvent> events = records.stream().map(TraceRecord::event).toList();
    List<Integer> holders = holders(records.subList(0, events.lastIndexOf(TraceEvent.MIGRATE_TRY)), call.blamedPfn());

    assertThat(holders).hasSize(call.unexpectedReferences());
    assertThat(holders.getLast()).isEqualTo(call.blamedKind() << 16 | call.blamedCpu());
    String batch = "the " + BatchKind.of(call.blamedKind()).kernelName() + " batch of CPU " + call.blamedCpu();
    assertThat(biography.steps().getLast().nanos()).isBetween(call.startNanos(), call.endNanos());
    assertThat(biography.steps()).anyMatch(step -> step.what().contains("queued in " + batch));
    assertThat(biography.steps()).anyMatch(step -> step.what().contains("does not move") && step.what().contains(batch));
  }

  @Test
  void somethingIsBlamedInSeveralVariantsAndBatches() {
    Set<Integer> kinds = new HashSet<>();
    for (ScenarioConfig scenario : List.of(Small.mainJob(), Small.crosvm())) {
      for (String variant : List.of("linux-6.10", "linux-6.12")) {
        result(rerun(scenario, variant)).pinCalls().forEach(call -> kinds.add(call.blamedKind()));
      }
    }
    assertThat(kinds).contains(BatchKind.ACTIVATE.ordinal(), BatchKind.MLOCK.ordinal());
  }

  /**
   * The first pin of the main job: 512 pages that were populated, so that each has been marked accessed once, are touched again and queued
   * for activation. 512 = 16 x 31 + 16: with batches of 31 the last 16 are in the batch of the pinning CPU when the walk is over; PG_lru of
   * all is set, so nothing is drained, and these 16 do not move, the first of which is the batch's entry 1.
   */
  @Test
  void theFirstPinOfTheMainJobGoesAsWorkedOutByHand() {
    Rerun rerun = rerun(Small.mainJob(), "linux-6.10");
    PinCall call = result(rerun).pinCalls().getFirst();

    PinCourse course = PinCourse.of(rerun, call);

    assertThat(course.failed().keySet()).containsExactly("held by the lru_activate batch of CPU 0");
    assertThat(course.failed().values().iterator().next()).hasSize(16).contains(call.blamedPfn());
    List<String> whats = course.steps().stream().map(Step::what).toList();
    assertThat(whats).anyMatch(what -> what.startsWith("512 folios") && what.contains("nothing drained yet")
        && what.contains("isolate it"));
    assertThat(whats).contains("round 1: 512 pages pinned, 512 must move, 512 folios isolated").doesNotContain("drains all CPUs");
    assertThat(course.steps()).anyMatch(step -> step.rule()
        .equals("drain-rule = LRU_FLAG: it drains for a folio with PG_lru clear; this one has it set"));

    FolioBiography biography = FolioBiography.of(rerun, call.blamedPfn(), call.startNanos(), call.endNanos());
    assertThat(biography.steps()).anyMatch(step -> step.what().contains("queued in the lru_activate batch of CPU 0, entry 1 of 31")
        && step.rule().equals("clear-lru-at-queue = false: PG_lru stays set while the batch has it"));
    assertThat(biography.steps().stream().filter(step -> step.what().contains("leaves the lru_activate"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"main, linux-6.10", "main, linux-6.12", "main, yangge-v1", "main, linux-2026", "main, batch-owner-hint"})
  void theCourseOfEachPinHasAsManyRoundsDrainsAndFailuresAsTheCallCounted(String name, String variant) {
    Rerun rerun = rerun(scenario(name), variant);
    List<PinCall> calls = result(rerun).pinCalls();
    for (PinCall call : List.of(calls.getFirst(), calls.getLast())) {
      PinCourse course = PinCourse.of(rerun, call);
      assertThat(course.steps().stream().filter(step -> step.what().startsWith("round "))).as("rounds").hasSize(call.rounds());
      assertThat(course.steps().stream().filter(step -> step.what().equals("drains all CPUs"))).as("drains").hasSize(call.allDrains());
      assertThat(course.steps().stream().filter(step -> step.what().startsWith("drains the batches of its own"))).as("local drains")
          .hasSizeGreaterThanOrEqualTo(call.localDrains());
      assertThat(course.failed().values().stream().mapToInt(List::size).sum()).as("failed").isEqualTo(call.failed());
    }
  }

  @Test
  void aFolioThatMovesIsFollowedToWhereItWent() {
    Rerun rerun = rerun(Small.mainJob(), "linux-6.12");
    List<TraceRecord> tries = rerun.run("", TraceRequest.of(TraceEvent.MIGRATE_TRY), Long.MAX_VALUE).records().stream().map(Traced::record)
        .toList();
    TraceRecord move = tries.stream().filter(record -> record.b() != 0).findFirst().orElseThrow();

    FolioBiography biography = FolioBiography.of(rerun, move.pfn(), move.nanos(), Long.MAX_VALUE);

    assertThat(biography.pfns()).startsWith(move.pfn(), (int) move.b());
    List<TraceRecord> there = biography.records().stream().filter(record -> record.pfn() == (int) move.b()).toList();
    assertThat(there).anyMatch(record -> record.event() == TraceEvent.MIGRATE_DESTINATION && record.a() == move.pfn()
        && record.nanos() == move.nanos());
    assertThat(there.stream().filter(record -> record.event() == TraceEvent.MM_PAGE_FREE).count()).as("lives").isLessThanOrEqualTo(1);
    assertThat(biography.records()).isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
    assertThat(biography.sentences()).anyMatch(sentence -> sentence.contains("was moved"));
  }

  /** Nothing that a trace tells of references and flags is left out: each change begins where the last one ended. */
  @Test
  void referencesAndFlagsOfABiographyHaveNoGaps() {
    Rerun rerun = rerun(Small.mainJob(), "linux-6.12");
    PinCall call = result(rerun).pinCalls().getFirst();
    List<TraceRecord> tries = rerun.run("", new TraceRequest(Set.of(TraceEvent.MIGRATE_TRY), call.startNanos(), call.endNanos(), List.of(),
        1_000),
        call.endNanos()).records().stream().map(Traced::record).toList();
    int pfn = tries.getFirst().pfn();
    int count = -1;
    long flags = -1;
    int changes = 0;
    for (TraceRecord record : FolioBiography.of(rerun, pfn, tries.getFirst().nanos(), Long.MAX_VALUE).records()) {
      if (record.pfn() != pfn) {
        continue;
      }
      switch (record.event()) {
        case PAGE_REF_SET -> {
          count = TraceRecord.high(record.b());
          flags = record.a();
        }
        case PAGE_REF_MOD, PAGE_REF_MOD_AND_TEST -> {
          assertThat(TraceRecord.high(record.b())).isEqualTo(count + TraceRecord.low(record.c()));
          assertThat(record.a()).isEqualTo(flags);
          count = TraceRecord.high(record.b());
        }
        case FOLIO_FLAGS -> {
          assertThat(record.a()).isEqualTo(flags);
          flags = record.b();
          changes++;
        }
        default -> {}
      }
    }
    assertThat(changes).isGreaterThan(3);
    assertThat(count).isZero();
  }

  @Test
  void tracingEverythingChangesNothing() {
    Rerun rerun = rerun(Small.mainJob(), "linux-6.12");
    assertThat(rerun.run("", FirstDifference.request(), Long.MAX_VALUE).result().digest()).isEqualTo(result(rerun).digest());
  }

  @Test
  void aVmIsToldWithItsPhasesAndItsFirstFailedPin() {
    Rerun rerun = rerun(Small.mainJob(), "linux-6.10");
    Story story = new Explainer(rerun).explain(new Subject.Vm("first"));

    assertThat(story.sections()).hasSize(3);
    assertThat(story.sections().getFirst().steps().stream().map(Step::what)).containsExactly("begins; locks its memory if it was told to",
        "has its memory preallocated", "memory is there; waits before it pins if it was told to", "pins its memory",
        "is done pinning; after an error it exits and its memory is freed", "has failed with -12 (ENOMEM)");
    assertThat(story.sections().get(1).sentences()).anyMatch(sentence -> sentence.startsWith("To blame: folio 0x"));
  }

  @Test
  void whatTheRunDoesNotHaveIsAnErrorThatNamesWhatThereIs() {
    Rerun rerun = rerun(Small.mainJob(), "linux-6.10");
    assertThatThrownBy(() -> new Explainer(rerun).explain(new Subject.Vm("fisrt"))).isInstanceOf(ConfigError.class)
        .hasMessageContaining("did you mean first?");
    assertThatThrownBy(() -> new Explainer(rerun).explain(new Subject.Pfn(1L << 29))).isInstanceOf(ConfigError.class)
        .hasMessageContaining("no such page");
    assertThatThrownBy(() -> new Explainer(rerun).explain(new Subject.Pin(9_999))).isInstanceOf(ConfigError.class)
        .hasMessageContaining("calls that pin long-term, counted from 1");
  }
}
