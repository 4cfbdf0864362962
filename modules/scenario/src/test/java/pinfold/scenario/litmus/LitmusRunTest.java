package pinfold.scenario.litmus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pinfold.scenario.ConfigError;
import pinfold.scenario.VariantFile;

class LitmusRunTest {
  private static final String HEAD = """
      litmus 1
      title  A title
      machine 2 cpus, 64 MiB, 48 MiB cma
      variants A
      pages P = anon, inactive
      pages R = anon 4, inactive
      """;

  private static Litmus parse(String steps) {
    return new LitmusParser("x.litmus", VariantFile.names(ShippedLitmus.SEARCH_PATH)).parse(HEAD + steps);
  }

  private static Outcome run(String steps) {
    return LitmusRun.run(parse(steps), ShippedLitmus.variant("linux-6.12-before-33dfe"), RunOptions.SEQUENTIAL);
  }

  /** A reader sees what was expected, what was found and in what state the folios are. */
  @Test
  void aMissIsADiffWithTheStateOfTheFolio() {
    assertThat(run("""
        cpu 1: mark-accessed P, R[0..1] twice
        expect all:
          P: active = 1, refcount = 2
          R: lru = 0
          batch cpu 1 activate = P R[0]
          pgactivate = 3
        """).text()).isEqualTo("""
        x.litmus  linux-6.12-before-33dfe: 4 of 5 missed
          line 9, after 'cpu 1: mark-accessed P, R[0..1] twice'
            - P: active = 1
            + P: active = 0
              P: lru|swapbacked|anon, refcount 2, mapcount 1, cpu 1 activate
          line 10, after 'cpu 1: mark-accessed P, R[0..1] twice'
            - R: lru = 0
            + R[0]: lru = 1; it holds for 0 of 4
              R[0]: lru|swapbacked|anon, refcount 2, mapcount 1, cpu 1 activate
              R[1]: lru|swapbacked|anon, refcount 2, mapcount 1, cpu 1 activate
              R[2]: lru|swapbacked|anon, refcount 1, mapcount 1
              R[3]: lru|swapbacked|anon, refcount 1, mapcount 1
          line 11, after 'cpu 1: mark-accessed P, R[0..1] twice'
            - batch cpu 1 activate = P R[0]
            + batch cpu 1 activate = P R[0] R[1]
          line 12, after 'cpu 1: mark-accessed P, R[0..1] twice'
            - pgactivate = 3
            + pgactivate = 0
        """);
  }

  @Test
  void whatOtherVariantsMustDoIsNotAskedOfThisOne() {
    Litmus litmus = new LitmusParser("x.litmus", VariantFile.names(ShippedLitmus.SEARCH_PATH))
        .parse(HEAD.replace("variants A", "variants A, B") + "expect B: pgactivate = 99\nexpect A: pgactivate = 0\n");
    Outcome outcome = LitmusRun.run(litmus, ShippedLitmus.variant("linux-6.12-before-33dfe"), RunOptions.SEQUENTIAL);
    assertThat(outcome.passed()).isTrue();
    assertThat(outcome.checks()).isEqualTo(1);
  }

  @Test
  void aStepOnAFolioThatIsNotThereIsAnErrorOfTheFile() {
    ConfigError error = catchThrowableOfType(ConfigError.class,
        () -> run("cpu 0: dontneed P\ncpu 0: rotate P\nexpect all: pgfree = 1\n"));
    assertThat(error).hasMessage("x.litmus:8: P is not there when this step runs in linux-6.12-before-33dfe");
  }

  @Test
  void stepsAtTheSameTimeHaveResultsByCpuOnly() {
    Outcome outcome = run("at the same time:\n  cpu 0: drain\n  cpu 1: drain\n"
        + "expect all: result = ok, result of cpu 1 = ok\n");
    assertThat(outcome.misses()).extracting(Miss::found)
        .containsExactly("no result: no single step has just run; ask for 'result of cpu N'");
  }

  @Test
  void theSameRunGivesTheSameDigest() {
    String steps = "cpu 1: mark-accessed P twice\ncpu 0: pin P by vfio\nexpect all: result = ENOMEM\n";
    assertThat(run(steps).digest()).isEqualTo(run(steps).digest());
  }

  @Test
  void whoeverWatchesIsCalledAfterEveryTask() {
    AtomicInteger calls = new AtomicInteger();
    RunOptions watched = new RunOptions(RunOptions.SEQUENTIAL.hosts(), 1, 512, machine -> calls.incrementAndGet());
    Litmus litmus = new LitmusParser("x.litmus", List.of("linux-6.10"))
        .parse("litmus 1\ntitle t\nmachine 2 cpus, 64 MiB\nvariants linux-6.10\n"
            + "every cpu: drain\ncpu 0: drain\nexpect all: local-drains = 3\n");
    assertThat(LitmusRun.run(litmus, ShippedLitmus.variant("linux-6.10"), watched).passed()).isTrue();
    assertThat(calls).hasValue(3);
  }
}
