package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cli.backend.BackEnd;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.CheckpointRequest;
import pinfold.kernel.check.CheckLevel;
import pinfold.cli.backend.CompareRequest;
import pinfold.cli.backend.ExperimentRequest;
import pinfold.cli.backend.ExplainRequest;
import pinfold.cli.backend.Fronts;
import pinfold.cli.backend.HostKind;
import pinfold.cli.backend.RunRequest;
import pinfold.cli.backend.Session;
import pinfold.cli.backend.TraceRequest;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.experiment.explain.Subject;
import pinfold.scenario.ConfigError;

class CommandLineTest {
  @TempDir Path home;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Cancellation cancellation = new Cancellation();
  private final List<Object> asked = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"", "compare", "run", "experiment", "litmus", "conform", "machine", "machine import", "list", "bench", "node",
      "cluster", "cluster up", "cluster down", "cluster status", "resume", "checkpoint", "explain", "diff", "shrink",
      "classpath"})
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(pinfold(noting(), (command + " --help").strip().split(" "))).isZero();
    assertThat(out.toString()).contains("Usage: pinfold").contains("Examples:\n  pinfold " + command.split(" ")[0]);
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"compare --sedes 3 x", "compare", "compare --seeds many x", "compare --seeds 0 x",
      "compare --check=some x", "compare --host hosts x", "run x", "run x --variant v --from 1s",
      "run x --variant v --trace e --from 1h", "run x --variant v --trace e --pfn p", "run x --variant v --trace e --json",
      "run x --variant v --trace e --out d", "compare x --variants a,,b", "run x --variant v --trace e --from 2s --to 1s",
      "litmus", "list",
      "list everything", "machine", "machine export", "nonsense", "--nonsense", "bench --json=x=y",
      "run x --variant v --tls f", "run x --variant v --cluster host", "cluster", "cluster status --tls f", "node",
      "node --runs d --listen x", "node --runs d --log-format xml", "resume 1d7770635e782b95", "resume nine --cluster h:1",
      "checkpoint 0123456789abcdef", "checkpoint --cluster h:1", "checkpoint nine --cluster h:1", "checkpoint 0123456789abcdef --tls f",
      "explain x --variant v", "explain x --pin 1", "explain x --variant v --pin 0", "explain x --variant v --pin 1 --vm a",
      "explain x --variant v --pfn 0x", "explain x --variant v --vm a --point 0", "diff x", "diff x --variants a", "diff x --variants a,b,c",
      "diff x --variants a,b --after 0", "shrink x --variant v --out f", "shrink x --variant v --fails all --out f",
      "shrink x --variant v --fails vm",
      "experiment", "experiment x --threads many", "experiment x --threads -1", "experiment x --set a=1", "experiment x --serve http",
      "experiment x --serve 65536", "experiment x --serve -1", "experiment x --cluster h", "experiment x --tls f", "compare x --serve 1.5",
      "run x --variant v --serve many", "run x --variant v --trace e --serve 0"})
  void aWrongArgumentIsOneLineAndExitCodeTwo(String arguments) {
    assertThat(pinfold(noting(), arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().startsWith("pinfold").contains("--help");
    assertThat(out.toString()).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void nothingAtAllIsOneLineToo() {
    assertThat(pinfold(noting())).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("pinfold: Missing command (see pinfold --help)\n");
  }

  @Test
  void aMisspeltOptionIsAnsweredWithTheRightOne() {
    pinfold(noting(), "compare", "--chekc", "x.conf");
    assertThat(err.toString()).contains("did you mean --check?");
  }

  @Test
  void choicesAreNamedAsTheyAreWritten() {
    pinfold(noting(), "list", "everything");
    assertThat(err.toString()).contains("[variants, scenarios, experiments, settings, experiment-settings, measures, costs]");
    assertThat(pinfold(noting(), "list", "experiment-settings")).isZero();
    pinfold(noting(), "compare", "x.conf", "--host", "both");
    assertThat(err.toString()).contains("[actors, sequential]");
  }

  @Test
  void experimentReachesItsBackEndAsACheckedRecord() {
    assertThat(pinfold(noting(), "experiment", "x.conf", "--threads", "3", "--out", "r", "--serve", "8080")).isZero();
    ExperimentRequest request = (ExperimentRequest) asked.getFirst();
    assertThat(request).isEqualTo(new ExperimentRequest("x.conf", Optional.of(Path.of("r")), 3, request.cluster(), OptionalInt.of(8080)));
    assertThat(pinfold(noting(), "experiment", "x.conf", "--threads", "-1")).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void compareReachesItsBackEndAsACheckedRecord() {
    assertThat(pinfold(noting(), "compare", "x.conf", "--variants", "a,b", "--seeds", "5", "--set", "z.y=1", "--set", "a=2",
        "--host", "sequential", "--check=full", "--out", "results", "--json")).isZero();
    CompareRequest request = (CompareRequest) asked.getFirst();
    assertThat(request.scenario()).isEqualTo(Path.of("x.conf"));
    assertThat(request.variants()).containsExactly("a", "b");
    assertThat(request.seeds()).isEqualTo(5);
    assertThat(request.options().settings()).containsExactly("z.y=1", "a=2");
    assertThat(request.options().host()).isEqualTo(HostKind.SEQUENTIAL);
    assertThat(request.options().check()).isEqualTo(CheckLevel.FULL);
    assertThat(request.options().out()).contains(Path.of("results"));
    assertThat(request.options().json()).isTrue();
  }

  @Test
  void checkpointNamesARunAndMembers() {
    assertThat(pinfold(noting(), "checkpoint", "0123456789abcdef", "--cluster", "a:1,b:2")).isZero();
    assertThat(asked).containsExactly(new CheckpointRequest("0123456789abcdef", new Fronts(List.of("a:1", "b:2"), Optional.empty())));
  }

  @Test
  void defaultsAreThreeSeedsActorsNoChecks() {
    pinfold(noting(), "compare", "x.conf");
    CompareRequest request = (CompareRequest) asked.getFirst();
    assertThat(request.seeds()).isZero();
    assertThat(request.variants()).isEmpty();
    assertThat(request.options().host()).isEqualTo(HostKind.ACTORS);
    assertThat(request.options().check()).isEqualTo(CheckLevel.OFF);
    assertThat(request.options().out()).isEmpty();
  }

  @Test
  void checkWithoutAValueDoesNotSwallowTheScenario() {
    pinfold(noting(), "compare", "--check", "x.conf");
    pinfold(noting(), "compare", "x.conf", "--check");
    assertThat(asked).hasSize(2).allSatisfy(request -> {
      assertThat(((CompareRequest) request).scenario()).isEqualTo(Path.of("x.conf"));
      assertThat(((CompareRequest) request).options().check()).isEqualTo(CheckLevel.TOUCHED);
    });
  }

  @Test
  void aTraceHasSimulatedTimesWithUnits() {
    pinfold(noting(), "run", "x.conf", "--variant", "v", "--trace", "a,b", "--from", "1.5ms", "--to", "2s", "--pfn", "77");
    assertThat(((RunRequest) asked.getFirst()).trace())
        .isEqualTo(Optional.of(new TraceRequest(List.of("a", "b"), 1_500_000, 2_000_000_000, OptionalLong.of(77))));
  }

  @Test
  void aPageFrameMayBeWrittenAsTracesPrintIt() {
    pinfold(noting(), "run", "x.conf", "--variant", "v", "--trace", "a", "--pfn", "0x84030");
    assertThat(((RunRequest) asked.getFirst()).trace().orElseThrow().pfn()).hasValue(540720);
  }

  @Test
  void anExplanationIsAboutOneThing() {
    assertThat(pinfold(noting(), "explain", "x.conf", "--variant", "v", "--pfn", "0x84030", "--seed", "3", "--set", "a=1", "--html",
        "f.html"))
        .isZero();
    assertThat(asked).containsExactly(new ExplainRequest(Path.of("x.conf"), "v", 3, OptionalInt.empty(), new Subject.Pfn(540720),
        List.of("a=1"), Optional.of(Path.of("f.html")), false, HostKind.ACTORS, 0));
  }

  @Test
  void anAnswerOfNoIsExitCodeOne() {
    assertThat(pinfold((request, session) -> false, "litmus", "x.litmus")).isEqualTo(1);
  }

  @Test
  void aCancelledRunIsExitCodeOneHundredAndThirty() {
    assertThat(pinfold((request, session) -> {
      cancellation.request();
      return true;
    }, "compare", "x.conf")).isEqualTo(130);
  }

  @Test
  void aConfigErrorIsItsMessageAndExitCodeTwo() {
    assertThat(pinfold((request, session) -> {
      throw new ConfigError("x.conf", 7, "nodes.cpus", "0", "must be\n at least 1");
    }, "compare", "x.conf")).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("pinfold: x.conf:7: nodes.cpus = 0: must be at least 1\n");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(pinfold((request, session) -> {
      throw new NoSuchFileException("x.conf");
    }, "compare", "x.conf")).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("pinfold: x.conf: no such file\n");
  }

  @Test
  void aFullHeapSaysHowToGetMore() {
    assertThat(pinfold((request, session) -> {
      throw new OutOfMemoryError("Java heap space");
    }, "compare", "x.conf")).isEqualTo(2);
    assertThat(err.toString()).contains("PINFOLD_HEAP").hasLineCount(1);
  }

  @Test
  void aBugIsOneLineAndItsStackTraceGoesToAFileOnDemand() throws Exception {
    BackEnd<Object> broken = (request, session) -> {
      throw new IllegalStateException("list of node 1 is torn");
    };
    assertThat(pinfold(broken, "compare", "x.conf")).isEqualTo(70);
    assertThat(err.toString()).contains("list of node 1 is torn").contains("--debug").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(pinfold(broken, "compare", "x.conf", "--debug")).isEqualTo(70);
    Path trace = Path.of(err.toString().replaceFirst("(?s).*stack trace in (.*)\\)\n", "$1"));
    assertThat(Files.readString(trace)).contains("CommandLineTest");
    Files.delete(trace);
  }

  @Test
  void variantsAreListedByNameWithTheirTitles() throws Exception {
    Path variants = Files.createDirectories(home.resolve("config/variants"));
    Files.writeString(variants.resolve("b.conf"), "format = 1\ntitle = \"Second\"\n");
    Files.writeString(variants.resolve("a.conf"), "no title here");
    Files.writeString(variants.resolve("notes.txt"), "title = \"not a variant\"");
    Session session = session();
    assertThat(new Pinfold(BackEnds.ofThisBuild(), session).execute("list", "variants")).isZero();
    assertThat(out.toString()).isEqualTo("""
        variant  what it is
        -------  ----------
        a
        b        Second
        """);
  }

  @Test
  void anImportOfSomethingElseThanAHostLeavesNothing() throws Exception {
    Path proc = Files.createDirectories(home.resolve("host/proc"));
    Path file = home.resolve("mine.conf");
    Pinfold pinfold = new Pinfold(BackEnds.ofThisBuild(), session());
    assertThat(pinfold.execute("machine", "import", "--from", proc.getParent().toString(), "--to", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("zoneinfo").hasLineCount(1);
    assertThat(file).doesNotExist();
  }

  private BackEnd<Object> noting() {
    return (request, session) -> asked.add(request);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private int pinfold(BackEnd<?> backEnd, String... args) {
    BackEnd any = backEnd;
    return new Pinfold(new BackEnds(any, any, any, any, any, any, any, any, any, any, any, any, any, any, any, any), session())
        .execute(args);
  }

  private Session session() {
    return new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 80), cancellation,
        home, "test", List.of());
  }
}
