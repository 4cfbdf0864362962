package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.engine.Host;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Histogram;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;

/**
 * A VM pins 2 MiB at a time on CPU 0 and each pin drains all CPUs, while a hog on CPU 3 keeps filling its batches: 8,192 pages in
 * pieces of 512, each touched twice and made cold, some 1.5 ms, then a pause of 20 us. The drain's worker on CPU 3 goes before a
 * fair hog at the end of a walk; a FIFO hog it lets end its burst.
 */
class FifoTest {
  @TempDir Path temp;

  @Test
  void aDrainOfAllCpusWaitsForAFifoTaskThatHogsOneOfThem() throws IOException {
    Histogram fair = drains(run(scenario("fair", 20), HostFactory.sequential()));
    Histogram fifo = drains(run(scenario("fifo", 20), HostFactory.sequential()));
    assertThat(fair.count()).isEqualTo(fifo.count()).isEqualTo(16);
    assertThat(fair.max()).isLessThan(100_000);
    assertThat(fifo.quantile(0.5)).isGreaterThan(1_000_000);
  }

  @Test
  void aFifoTaskThatNeverPausesHoldsADrainForever() throws IOException {
    RunResult run = run(scenario("fifo", 0), HostFactory.sequential());
    assertThat(run.outcome()).isEqualTo(Host.Outcome.END_TIME);
    assertThat(run.vms().getFirst().ended()).isFalse();
    assertThat(run.stuck()).anyMatch(line -> line.matches(
        "lru_add_drain_all\\(\\) of qemu-0-1 on cpu0 waits for the drain worker of cpu3"));
    assertThat(run(scenario("fair", 0), HostFactory.sequential()).vms().getFirst().started()).as("a fair one does not").isTrue();
  }

  @Test
  void theActorHostAgrees() throws IOException {
    ScenarioConfig scenario = scenario("fifo", 20);
    assertThat(run(scenario, HostFactory.actors(2)).digestText()).isEqualTo(run(scenario, HostFactory.sequential()).digestText());
  }

  private static RunResult run(ScenarioConfig scenario, HostFactory hosts) {
    return Small.run(scenario, "yangge-v1", 1, hosts);
  }

  private static Histogram drains(RunResult run) {
    assertThat(run.vms().getFirst().started()).isTrue();
    return run.distributions().get(Distribution.DRAIN_ALL);
  }

  private ScenarioConfig scenario(String schedClass, int thinkTimeMicros) throws IOException {
    Path file = temp.resolve(schedClass + ".conf");
    Files.writeString(file, """
        format = 1
        machine { memory-per-node-mib = 512, cma-per-node-mib = 256 }
        vms = [ { memory-mib = 32, vcpus = 1 } ]
        background = [
          { kind = madvise-cold, cpus = 3, working-set-kib = 2048, ops-per-burst = 8192, think-time-us = %d, sched-class = %s }
        ]
        variants = [yangge-v1]
        duration-limit-ms = 1000
        """.formatted(thinkTimeMicros, schedClass));
    return ScenarioFile.load(file.toString(), Small.CONFIG, List.of());
  }
}
