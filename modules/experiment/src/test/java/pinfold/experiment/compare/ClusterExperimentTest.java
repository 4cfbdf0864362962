package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cluster.front.Front;
import pinfold.cluster.front.FrontClient;
import pinfold.experiment.Experiment;
import pinfold.experiment.ExperimentJob;
import pinfold.experiment.SmallStart;
import pinfold.experiment.batch.ClusterExecutor;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.batch.NowhereToRunException;
import pinfold.experiment.batch.RunExecutor;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.ExperimentDirectory;

/** Experiments whose runs the members of a cluster do: what is left is what one JVM leaves, byte for byte. */
class ClusterExperimentTest {
  @TempDir Path home;

  private ExperimentJob.Answer run(Plan plan, String out, RunExecutor executor, ExperimentListener listener, int sideBySide)
      throws Exception {
    try (ExperimentDirectory directory = ExperimentDirectory.open(home.resolve(out), "test", "e")) {
      ExperimentJob.Answer answer = new ExperimentJob(plan, executor, of -> listener).run(directory, sideBySide);
      answer.writeTo(directory, "test");
      return answer;
    }
  }

  private void assertSameAsInOneJvm(Plan plan, String out) throws Exception {
    run(plan, "here", ExperimentRunner.local(), ExperimentListener.NONE, 1);
    assertThat(SmallStart.files(home.resolve(out))).isEqualTo(SmallStart.files(home.resolve("here")));
  }

  private static Front front(TestCluster cluster, int member) throws Exception {
    return Front.start(cluster.nodes().get(member), new InetSocketAddress("127.0.0.1", 0));
  }

  private static FrontClient client(Front... fronts) {
    return new FrontClient(java.util.Arrays.stream(fronts).map(front -> "127.0.0.1:" + front.address().getPort()).toList(), "test",
        Optional.empty());
  }

  @Test
  void membersLeaveWhatOneJvmLeavesAlsoWhereSwitchesOfTheVariantsVary() throws Exception {
    Plan plan = SmallStart.experiment().vary("variant.batch-capacity", 15, 7).vary("machine.cma-per-node-mib", 0, 80)
        .with("sensitivity", java.util.Map.of("seeds", 1, "point", 0)).seeds(1).plan();
    try (TestCluster cluster = new TestCluster(home.resolve("cluster"), Duration.ofMinutes(1))) {
      cluster.start(2);
      try (Front first = front(cluster, 0); FrontClient client = client(first)) {
        assertThat(ClusterRun.sideBySide(client)).isEqualTo(4);
        ExperimentJob.Answer answer = run(plan, "there", new ClusterExecutor(client, plan.searchPath()), ExperimentListener.NONE, 4);
        assertThat(answer.isWhole()).isTrue();
        assertThat(answer.result().runs(0, 0).getFirst().digest()).as("with smaller batches")
            .isNotEqualTo(answer.result().runs(2, 0).getFirst().digest());
      }
    }
    assertSameAsInOneJvm(plan, "there");
  }

  @Test
  void theDeathOfTheMemberWithTheManagerCostsNoFinishedRun() throws Exception {
    Plan plan = SmallStart.experiment().set("vms.vm.memory-mib=16", "memory-in-use.anonymous-per-node-mib=8",
        "memory-in-use.page-cache-per-node-mib=8", "machine.memory-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4")
        .vary("machine.cma-per-node-mib", 0, 80).seeds(4).plan();
    try (TestCluster cluster = new TestCluster(home.resolve("cluster"), Duration.ofMinutes(1), TestCluster.MORTAL)) {
      cluster.start(3);
      try (Front first = front(cluster, 0); Front second = front(cluster, 1); FrontClient client = client(first, second)) {
        AtomicInteger done = new AtomicInteger();
        ExperimentListener killer = new ExperimentListener() {
          @Override
          public RunListener begin(Cell cell, long seed) {
            return (nowNanos, windows) -> true;
          }

          @Override
          public void done(Cell cell, RunRecord record) {
            if (done.incrementAndGet() == 5) {
              first.close();
              cluster.loseFirst();
            }
          }

          @Override
          public boolean cancelled() {
            return false;
          }
        };
        ExperimentJob.Answer answer = run(plan, "there", new ClusterExecutor(client, plan.searchPath()), killer, 4);
        assertThat(answer.isWhole()).isTrue();
        assertThat(done.get()).as("runs, each once").isEqualTo(2 * 2 * 4);
      }
    }
    assertSameAsInOneJvm(plan, "there");
  }

  @Test
  void aClusterThatRefusesEndsTheExperimentAndIsNoResultOfARun() throws Exception {
    Experiment experiment = SmallStart.experiment().vary("machine.cma-per-node-mib", 0, 80);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
    AtomicInteger asked = new AtomicInteger();
    server.createContext("/", exchange -> {
      try (exchange) {
        asked.incrementAndGet();
        byte[] no = "cannot do that: not here".getBytes();
        exchange.sendResponseHeaders(400, no.length);
        exchange.getResponseBody().write(no);
      }
    });
    server.start();
    try (FrontClient client = new FrontClient(List.of("127.0.0.1:" + server.getAddress().getPort()), "test", Optional.empty())) {
      Plan plan = experiment.plan();
      RunExecutor there = new ClusterExecutor(client, plan.searchPath());
      RunExecutor firstHere = (cell, seed, listener) -> (cell.point() == 0 ? ExperimentRunner.local() : there).run(cell, seed, listener);
      assertThatExceptionOfType(NowhereToRunException.class).isThrownBy(() -> run(plan, "r", firstHere, ExperimentListener.NONE, 1))
          .withMessageContaining("not here");
    } finally {
      server.stop(0);
    }
    assertThat(asked.get()).as("runs that were tried after the first was refused, with that one").isEqualTo(1);
    assertThat(SmallStart.files(home.resolve("r")).keySet()).as("the two runs before").filteredOn(name -> name.endsWith(".run")).hasSize(2);
    run(experiment.plan(), "r", ExperimentRunner.local(), ExperimentListener.NONE, 1);
    assertSameAsInOneJvm(experiment.plan(), "r");
  }
}
