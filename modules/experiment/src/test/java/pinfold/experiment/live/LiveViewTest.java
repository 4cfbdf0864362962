package pinfold.experiment.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;
import pinfold.experiment.ExperimentJob;
import pinfold.experiment.SmallStart;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.compare.Series;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.RunStore;
import pinfold.kernel.Machine;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.scenario.KernelVariants;

/** What a browser is told of runs that are under way, asked in the middle of them. */
class LiveViewTest {
  private static final Plan PLAN = SmallStart.experiment().vary("machine.cma-per-node-mib", 80).seeds(1).plan();

  private static Config state(LiveServer server) {
    HttpResponse<String> answer = get(server, "state.json");
    assertThat(answer.statusCode()).isEqualTo(200);
    return ConfigFactory.parseString(answer.body());
  }

  private static HttpResponse<String> get(LiveServer server, String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create(server.url() + path)).build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks at each sample, while the machine stands still, and compares what came with the machine. */
  private static final class Asking implements RunListener {
    private final Supplier<Config> question;
    private final List<String> seen = new ArrayList<>();

    Asking(Supplier<Config> question) {
      this.question = question;
    }

    @Override
    public boolean onProgress(long nowNanos, long windowsRun) {
      return true;
    }

    @Override
    public void sampled(Machine machine, List<Long> row) {
      Config run = question.get().getConfigList("runs").getFirst();
      Config picture = run.getConfig("machine");
      assertThat(picture.getLong("nowNanos")).isEqualTo(row.getFirst());
      List<? extends Config> cpus = picture.getConfigList("cpus");
      assertThat(cpus).hasSize(machine.directory().cpus());
      for (int cpu = 0; cpu < cpus.size(); cpu++) {
        int of = cpu;
        assertThat(cpus.get(cpu).getIntList("folios")).isEqualTo(
            Arrays.stream(BatchKind.values()).map(kind -> machine.cpu(of).batches().count(kind)).toList());
        cpus.get(cpu).getIntList("folios").stream().filter(folios -> folios > 0).forEach(folios -> seen.add("batch"));
      }
      List<? extends Config> zones = picture.getConfigList("zones");
      assertThat(sum(zones, "freePages")).isEqualTo(machine.counters().get(VmCounter.NR_FREE_PAGES));
      assertThat(sum(zones, "freeCmaPages")).isEqualTo(machine.counters().get(VmCounter.NR_FREE_CMA));
      assertThat(sum(zones, "cmaPages")).as("80 MiB").isEqualTo(80 * 256);
      List<VmCounter> lists = List.of(VmCounter.NR_INACTIVE_ANON, VmCounter.NR_ACTIVE_ANON, VmCounter.NR_INACTIVE_FILE,
          VmCounter.NR_ACTIVE_FILE, VmCounter.NR_UNEVICTABLE);
      for (int list = 0; list < lists.size(); list++) {
        int of = list;
        long pages = zones.stream().mapToLong(zone -> zone.getLongList("lists").get(of)).sum();
        assertThat(pages).as(lists.get(list).statName()).isEqualTo(machine.counters().get(lists.get(list)));
        if (pages > 0) {
          seen.add("list " + list);
        }
      }
      List<? extends Object> last = (List<?>) run.getList("series").unwrapped().getLast();
      assertThat(last.stream().map(value -> ((Number) value).longValue()).toList()).isEqualTo(row);
      assertThat(row).hasSize(Series.header().size());
      seen.add("sample");
    }

    private static long sum(List<? extends Config> zones, String field) {
      return zones.stream().mapToLong(zone -> zone.getLong(field)).sum();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sequential", "actors"})
  void aRunIsShownAsItsMachineIsAndEndsAsWithoutThat(String host) throws Exception {
    HostFactory hosts = host.equals("actors") ? HostFactory.actors(2) : HostFactory.sequential();
    Cell cell = PLAN.cell(0, 1);
    ScenarioRun run = new ScenarioRun(cell.scenario(), KernelVariants.of(cell.variant()), 1, hosts);
    LiveBoard board = new LiveBoard("a run", 1, System::nanoTime, 0);
    try (LiveServer server = LiveServer.start(board, 0)) {
      assertThat(state(server).getConfigList("runs")).isEmpty();
      Asking asking = new Asking(() -> state(server));
      RunResult watched;
      try (RunListener listener = board.watch("linux-6.12 seed 1", asking)) {
        watched = run.run(listener);
      }
      assertThat(asking.seen).contains("sample", "list 0", "list 2", "batch");
      Config end = state(server);
      assertThat(end.getDouble("share")).isEqualTo(1);
      assertThat(end.getInt("runsDone")).isEqualTo(1);
      assertThat(end.getConfigList("runs").getFirst().getString("label")).as("the last one stays").isEqualTo("linux-6.12 seed 1");
      assertThat(watched.digest()).isEqualTo(run.run((now, windows) -> true).digest());
    }
  }

  @Test
  void anExperimentIsShownCellByCell() throws Exception {
    Plan plan = SmallStart.experiment().vary("machine.cma-per-node-mib", 0, 80).plan();
    LiveBoard board = new LiveBoard("vm-start", 0, System::nanoTime, 0);
    List<Config> states = new ArrayList<>();
    try (LiveServer server = LiveServer.start(board, 0)) {
      ExperimentListener asking = new ExperimentListener() {
        @Override
        public RunListener begin(Cell cell, long seed) {
          return (now, windows) -> true;
        }

        @Override
        public void done(Cell cell, RunRecord record) {
          states.add(state(server));
        }

        @Override
        public boolean cancelled() {
          return false;
        }
      };
      new ExperimentJob(plan, ExperimentRunner.local(), of -> new LiveExperiment(board, of, asking)).run(RunStore.inMemory(), 1);
    }
    assertThat(states).hasSize(8);
    assertThat(states.stream().map(state -> state.getInt("runsDone"))).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(states.get(3).getDouble("share")).isEqualTo(0.5);
    Config end = states.getLast().getConfig("experiment");
    assertThat(end.getStringList("variants")).containsExactly("linux-6.10", "linux-6.12");
    assertThat(end.getConfigList("cells").stream().map(cell -> cell.getInt("runs"))).containsExactly(2, 2, 2, 2);
    assertThat(end.getConfigList("cells").stream().map(cell -> cell.getDouble("mean")))
        .as("success of 6.10 and 6.12 without CMA, then with it")
        .containsExactly(1.0, 1.0, 0.0, 1.0);
  }

  @Test
  void itAnswersThisMachineAloneAndOnlyWhatIsThere() throws Exception {
    try (LiveServer server = LiveServer.start(new LiveBoard("t", 1, System::nanoTime, 0), 0)) {
      assertThat(get(server, "").body()).startsWith("<!DOCTYPE html>");
      assertThat(get(server, "etc/passwd").statusCode()).isEqualTo(404);
      URI url = URI.create(server.url());
      try (java.net.Socket socket = new java.net.Socket("127.0.0.1", url.getPort())) {
        socket.getOutputStream().write("GET /state.json HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n".getBytes());
        assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 403");
      }
      LiveBoard other = new LiveBoard("t", 1, System::nanoTime, 0);
      assertThatExceptionOfType(BindException.class).isThrownBy(() -> LiveServer.start(other, url.getPort()));
    }
  }
}
