package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.Session;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.cluster.front.Front;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunDirectory;
import pinfold.cluster.testing.FreePorts;
import pinfold.experiment.compare.ScenarioWorkload;
import pinfold.experiment.results.ExperimentDirectory;

/** The command as its user sees it: what it leaves, what it says of bad input, its exit codes. */
class ExperimentCommandTest {
  private static final String SMALL = """
      format = 1
      question = "Does it start?"
      scenario = vm-start
      set = ["vms.vm.memory-mib=4", "memory-in-use.anonymous-per-node-mib=8", "memory-in-use.page-cache-per-node-mib=8",
        "machine.memory-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4", "machine.cma-per-node-mib=80"]
      variants = [linux-6.10, linux-6.12]
      measures = [success, vm-start-ms, drain-alls]
      """;
  private static final String VARIED = "vary = [{ setting = machine.cma-per-node-mib, values = [0, 80] }]\nseeds = 2\n";

  @TempDir Path home;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Cancellation cancellation = new Cancellation();

  private int pinfold(String build, String... arguments) {
    return pinfold(build, cancellation, arguments);
  }

  private int pinfold(String build, Cancellation ended, String... arguments) {
    Session session = new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 140), ended,
        Path.of("..", ".."), build, List.of());
    return new Pinfold(BackEnds.ofThisBuild(), session).execute(arguments);
  }

  private int experiment(String text, String... more) throws IOException {
    Path file = Files.writeString(home.resolve("e.conf"), text);
    List<String> arguments = new ArrayList<>(List.of("experiment", file.toString(), "--out", home.resolve("r").toString()));
    arguments.addAll(List.of(more));
    return pinfold("test", arguments.toArray(String[]::new));
  }

  private void assertRefused(int code, String... words) {
    assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString().lines()).singleElement().asString().startsWith("pinfold: ").contains(words);
    assertThat(out.toString()).isEmpty();
    assertThat(home.resolve("r")).doesNotExist();
  }

  private static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file).toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  @Test
  void theAnswerIsPrintedAndWritten() throws IOException {
    assertThat(experiment(SMALL + VARIED)).isZero();
    assertThat(out.toString()).contains("Does it start?")
        .contains("linux-6.10: succeeded in 2 of 4 runs: all with machine.cma-per-node-mib = 0; none with machine.cma-per-node-mib = 80")
        .contains("linux-6.12: succeeded in all of 4 runs");
    assertThat(home.resolve("r/manifest.json")).content().contains("\"complete\": true");
  }

  @Test
  void whereThereIsNoFileItIsNamedAndWhatMayHaveBeenMeant() {
    assertRefused(pinfold("test", "experiment", "cma-shear", "--out", home.resolve("r").toString()),
        "cma-shear", "did you mean cma-share?");
  }

  @Test
  void anUnknownSettingIsNamedBeforeAnythingRuns() throws IOException {
    assertRefused(experiment(SMALL + "vary = [{ setting = machine.cma-per-nod-mib, values = [0, 80] }]"), "machine.cma-per-nod-mib");
  }

  @Test
  void anUnknownSwitchOfTheVariantsIsNamedToo() throws IOException {
    assertRefused(experiment(SMALL + "vary = [{ setting = variant.batch-capacty, values = [7, 15] }]"), "batch-capacty");
  }

  @Test
  void aFactorWithoutValuesMakesNoCells() throws IOException {
    assertRefused(experiment(SMALL + "vary = [{ setting = machine.cma-per-node-mib, values = [] }]"), "vary", "exactly one of values");
  }

  @Test
  void moreRunsThanCouldEverFinishAreCounted() throws IOException {
    assertRefused(experiment(SMALL + "vary = [{ setting = machine.cma-per-node-mib, from = 2, to = 80000, steps = 40000 }]\nseeds = 10000",
        "--threads", "2"), "800,000,000 runs", "days on 2 processors");
  }

  @Test
  void aPortInUseIsOneLineAndNothingIsTouched() throws IOException {
    HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    try {
      String port = Integer.toString(other.getAddress().getPort());
      assertRefused(experiment(SMALL, "--serve", port), "--serve = " + port, "name another port");
    } finally {
      other.stop(0);
    }
  }

  @Test
  void whereNobodyAnswersNothingIsTouched() throws IOException {
    assertRefused(experiment(SMALL, "--cluster", "127.0.0.1:1"), "nobody answers at 127.0.0.1:1");
  }

  @Test
  void resultsOfAnotherBuildAndThoseInUseAreLeftAsTheyAre() throws IOException {
    assertThat(experiment(SMALL + "seeds = 1")).isZero();
    Map<String, String> before = files(home.resolve("r"));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String file = home.resolve("e.conf").toString();
    assertThat(pinfold("another", "experiment", file, "--out", home.resolve("r").toString())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString().lines()).singleElement().asString().contains("has results of test, and this is another");
    err.getBuffer().setLength(0);
    try (ExperimentDirectory taken = ExperimentDirectory.open(home.resolve("r"), "test", "e")) {
      assertThat(taken.path()).isDirectory();
      assertThat(pinfold("test", "experiment", file, "--out", home.resolve("r").toString())).isEqualTo(ExitCode.BAD_INPUT);
    }
    assertThat(err.toString().lines()).singleElement().asString().contains("in use by another run");
    assertThat(files(home.resolve("r"))).isEqualTo(before);
  }

  @Test
  void aRunThatFailsIsExitCodeOneAndTheOthersAreThere() throws IOException {
    Path broken = Files.writeString(home.resolve("throwing.conf"), """
        format = 1
        extends = "linux-6.12"
        title = "Fails"
        commits = []
        tags = ["none"]
        drain-rule = %s
        """.formatted(ThrowingRule.class.getName()));
    assertThat(experiment(SMALL.replace("linux-6.12]", "\"" + broken + "\"]") + VARIED)).isEqualTo(ExitCode.NO);
    assertThat(out.toString()).contains("Runs without a result:").contains("throwing, 80, seed 1").contains("this rule never works")
        .contains("linux-6.10: succeeded in 2 of 4 runs");
  }

  @Test
  void afterCtrlCTheSameCommandGoesOn() throws IOException {
    assertThat(experiment(SMALL + VARIED)).isZero();
    Map<String, String> whole = files(home.resolve("r"));
    try (Stream<Path> runs = Files.walk(home.resolve("r/runs"))) {
      for (Path run : runs.filter(Files::isRegularFile).skip(3).toList()) {
        Files.delete(run);
      }
    }
    cancellation.request();
    err.getBuffer().setLength(0);
    assertThat(experiment(SMALL + VARIED)).isEqualTo(ExitCode.CANCELLED);
    assertThat(err.toString()).contains("3 of 8 runs are there already").contains("the same command goes on with the rest");
    assertThat(home.resolve("r/manifest.json")).content().contains("\"complete\": false");
    assertThat(pinfold("test", new Cancellation(), "experiment", home.resolve("e.conf").toString(), "--out",
        home.resolve("r").toString())).isZero();
    assertThat(files(home.resolve("r"))).isEqualTo(whole);
  }

  /** A process of its own, watched over HTTP and interrupted when the page says that some runs are done. */
  @Test
  void aSignalKeepsWhatIsFinishedAndThePageTellsHowFarItIs() throws Exception {
    Path file = Files.writeString(home.resolve("e.conf"), SMALL + VARIED + "seeds = 500\n");
    List<String> command = MemberProcesses.pinfold("experiment", file.toString(), "--out", home.resolve("r").toString(), "--threads", "1",
        "--serve", "0");
    Process process = new ProcessBuilder(command).redirectOutput(home.resolve("out").toFile()).start();
    try (BufferedReader said = process.errorReader(); HttpClient client = HttpClient.newHttpClient()) {
      String line = said.readLine();
      assertThat(line).startsWith("pinfold: watch it at http://127.0.0.1:");
      URI state = URI.create(line.substring(line.indexOf("http")) + "state.json");
      int done = 0;
      while (done < 5) {
        String answer = client.send(HttpRequest.newBuilder(state).build(), BodyHandlers.ofString()).body();
        done = ConfigFactory.parseString(answer).getInt("runsDone");
        Thread.sleep(20);
      }
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor()).isEqualTo(ExitCode.CANCELLED);
      assertThat(files(home.resolve("r")).keySet().stream().filter(name -> name.endsWith(".run")).count()).isBetween((long) done, 1_999L);
      assertThat(home.resolve("r/manifest.json")).content().contains("\"complete\": false");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aClusterLeavesWhatOneJvmLeaves() throws Exception {
    assertThat(experiment(SMALL + VARIED)).isZero();
    Map<String, String> here = files(home.resolve("r"));
    ClusterNode.Settings settings =
        new ClusterNode.Settings("127.0.0.1", FreePorts.next(), List.of(), Duration.ofHours(1), 0, 1, ConfigFactory.empty());
    try (ClusterNode node = ClusterNode.start(settings, new ScenarioWorkload(), new RunDirectory(home.resolve("member"), "test"));
        Front front = Front.start(node, new InetSocketAddress("127.0.0.1", 0))) {
      Path out = home.resolve("there");
      assertThat(pinfold("test", "experiment", home.resolve("e.conf").toString(), "--out", out.toString(), "--cluster",
          "127.0.0.1:" + front.address().getPort())).isZero();
      assertThat(files(out)).isEqualTo(here);
      assertThat(node.runs()).isNotEmpty();
      err.getBuffer().setLength(0);
      assertThat(pinfold("another", "experiment", home.resolve("e.conf").toString(), "--out", out.toString(), "--cluster",
          "127.0.0.1:" + front.address().getPort())).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(err.toString().lines()).singleElement().asString().contains("both must be the same");
    }
  }
}
