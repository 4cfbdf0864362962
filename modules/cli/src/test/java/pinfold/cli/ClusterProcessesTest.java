package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cli.MemberProcesses.Member;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.experiment.compare.ClusterComparer;
import pinfold.experiment.compare.Comparison;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.compare.ScenarioWorkload;
import pinfold.scenario.ConfigBundle;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/**
 * Members that are JVMs of their own, and what may befall them. Each test asks for the cluster that it needs, so they go in any order
 * and alone; in this order few JVMs have to be started, which is what such tests cost.
 */
@TestMethodOrder(OrderAnnotation.class)
class ClusterProcessesTest {
  private static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));
  private static final Path MAIN_JOB = CONFIG.getFirst().resolve("scenarios").resolve("vm-passthrough.conf");
  private static final String VARIANT = "linux-6.12";

  /** A sixteenth of the machine. */
  private static final List<String> SMALL = List.of("machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
      "memory-in-use.anonymous-per-node-mib=12", "memory-in-use.page-cache-per-node-mib=12", "memory-in-use.kernel-per-node-mib=4",
      "vm-defaults.memory-mib=8", "vms.large.memory-mib=12", "vms.right.memory-mib=4");
  /** Kernel memory nearly fills the nodes, and 16 tasks read files that are larger than what is left. */
  private static final List<String> RECLAIMING = Stream.concat(SMALL.stream(), Stream.of("machine.cma-per-node-mib=64",
      "memory-in-use.kernel-per-node-mib=140", "node-reclaim=true", "background.1.working-set-kib=65536",
      "background.1.ops-per-burst=512", "background.1.think-time-us=0")).toList();
  /** Long enough that a JVM can start and join in the middle. */
  private static final List<String> LONGER = Stream.concat(SMALL.stream(), Stream.of("vm-defaults.memory-mib=48")).toList();

  /** Seconds on one member, where nobody waits for messages of others. */
  private static final List<String> LONGER_ON_ONE_MEMBER = Stream.concat(SMALL.stream(),
      Stream.of("machine.memory-per-node-mib=1536", "machine.cma-per-node-mib=768", "vm-defaults.memory-mib=384")).toList();

  @TempDir static Path directory;
  private static MemberProcesses cluster;

  private static MemberProcesses cluster() {
    if (cluster == null) {
      cluster = new MemberProcesses(directory);
    }
    return cluster;
  }

  @AfterAll
  static void end() throws InterruptedException {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static ScenarioConfig mainJob(List<String> settings) {
    return ScenarioFile.load("vm-passthrough", CONFIG, settings);
  }

  private static ScenarioConfig crosvm() {
    return ScenarioFile.load("crosvm-mlock", CONFIG, List.of("machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=4", "vms.crosvm.memory-mib=8"));
  }

  /** A run, and what the sequential host makes of it. */
  private record Run(RunSpec spec, RunResult expected) {
    static RunSpec spec(ScenarioConfig scenario, long seed, boolean onOneMember) {
      ConfigBundle bundle = ConfigBundle.of(scenario, VariantFile.load(VARIANT, CONFIG), CONFIG);
      return new RunSpec(bundle.scenario(), bundle.variant(), seed, onOneMember, bundle.files());
    }

    static Run of(ScenarioConfig scenario, long seed, boolean onOneMember) {
      return new Run(spec(scenario, seed, onOneMember),
          new ScenarioRun(scenario, KernelVariants.of(VariantFile.load(VARIANT, CONFIG)), seed, HostFactory.sequential())
              .run((now, windows) -> true));
    }

    static Run of(ScenarioConfig scenario, long seed) {
      return of(scenario, seed, false);
    }

    String id() {
      return spec.hash();
    }

    void assertResultAsExpected() throws IOException {
      RunResult result = ScenarioWorkload.result(spec, cluster().client().result(id()), 0);
      assertThat(result.digestText()).isEqualTo(expected.digestText());
      assertThat(result.pinCalls()).isEqualTo(expected.pinCalls());
      assertThat(result.series().rows()).isEqualTo(expected.series().rows());
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      assertThat(cluster().members()).as("members that run").anyMatch(member -> member.process().isAlive());
      Thread.sleep(50);
    }
  }

  /** What the cluster says of a run; null while a manager is being replaced, when nobody answers. */
  private static RunStatus status(String run) {
    try {
      RunStatus status = cluster().client().status(run);
      return status.state() == RunState.UNKNOWN ? null : status;
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isOver(RunStatus status) {
    return status != null && (status.state() == RunState.DONE || status.state() == RunState.FAILED);
  }

  private static RunStatus awaitDone(String run) throws Exception {
    await(() -> isOver(status(run)));
    RunStatus status = status(run);
    assertThat(status.state()).as(status.message()).isEqualTo(RunState.DONE);
    return status;
  }

  /** Until the run has its first checkpoint, with something left to do. */
  private static void awaitSaved(String run) throws Exception {
    await(() -> !cluster().checkpoints(run).isEmpty() || isOver(status(run)));
    assertThat(isOver(status(run))).as("the run was over before anything could befall it").isFalse();
  }

  @Order(1)
  @ParameterizedTest(name = "{0} JVMs")
  @ValueSource(ints = {1, 2, 3})
  void anyNumberOfJvmsGivesTheResultOfTheSequentialHost(int members) throws Exception {
    cluster().have(members);
    for (ScenarioConfig scenario : List.of(mainJob(SMALL), crosvm(), mainJob(RECLAIMING))) {
      Run run = Run.of(scenario, members);
      cluster().client().submit(run.spec);
      RunStatus status = awaitDone(run.id());
      assertThat(status.members()).isEqualTo(Math.min(members, scenario.machine().nodes().size()));
      run.assertResultAsExpected();
    }
  }

  @Order(2)
  @Test
  void theRunOutlivesTheCommandThatSubmittedIt() throws Exception {
    cluster().have(3);
    Run run = Run.of(mainJob(SMALL), 4);
    Path killed = directory.resolve("killed");
    Process command = new ProcessBuilder(runCommand(4)).redirectErrorStream(true).redirectOutput(killed.toFile()).start();
    await(() -> cluster().names().contains(run.id()) || !command.isAlive());
    awaitSaved(run.id());
    assertThat(command.isAlive()).as(Files.readString(killed)).isTrue();
    command.destroyForcibly().waitFor();
    assertThat(awaitDone(run.id()).epoch()).isEqualTo(1);
    run.assertResultAsExpected();

    Path again = directory.resolve("again");
    assertThat(new ProcessBuilder(runCommand(4)).redirectErrorStream(true).redirectOutput(again.toFile()).start().waitFor()).isZero();
    assertThat(Files.readString(again)).contains("digest " + run.expected.digestText());
    assertThat(status(run.id()).epoch()).as("it was found, not run again").isEqualTo(1);
  }

  private static List<String> runCommand(long seed) {
    List<String> command = MemberProcesses.pinfold("run", MAIN_JOB.toString(), "--variant", VARIANT, "--seed", Long.toString(seed),
        "--cluster", cluster().fronts());
    SMALL.forEach(setting -> command.addAll(List.of("--set", setting)));
    return command;
  }

  @Order(3)
  @Test
  void aDeathRepeatsOnlyTheUnfinishedRunsOfThatMember() throws Exception {
    cluster().haveUnharmed(3);
    List<Run> finished = LongStream.range(1, 4).mapToObj(seed -> Run.of(mainJob(SMALL), seed, true)).toList();
    for (Run run : finished) {
      cluster().client().submit(run.spec);
    }
    for (Run run : finished) {
      awaitDone(run.id());
    }
    List<Run> underWay = LongStream.range(1, 4).mapToObj(seed -> Run.of(mainJob(LONGER_ON_ONE_MEMBER), seed, true)).toList();
    for (Run run : underWay) {
      cluster().client().submit(run.spec);
    }
    await(() -> !cluster().checkpoints(underWay.getLast().id()).isEmpty() || isOver(status(underWay.getFirst().id())));
    Member manager = cluster().managerOf(underWay.getFirst().id());
    Member victim = cluster().members().stream().filter(member -> member != manager).findFirst().orElseThrow();
    Set<String> repeated = runsOn(victim);
    victim.kill();
    repeated.removeIf(run -> isOver(status(run)));
    assertThat(repeated).as("runs that the member had not finished").isNotEmpty().hasSizeLessThan(underWay.size());

    // The others are given more until the death is known, so that there is something that might be repeated in vain.
    List<RunSpec> ofOthers = new ArrayList<>(underWay.stream().map(Run::spec).filter(spec -> !repeated.contains(spec.hash())).toList());
    do {
      if (unfinished(ofOthers).size() < 2) {
        ofOthers.add(Run.spec(mainJob(LONGER_ON_ONE_MEMBER), 10 + ofOthers.size(), true));
        cluster().client().submit(ofOthers.getLast());
      }
      assertThat(manager.process().isAlive()).isTrue();
      Thread.sleep(50);
    } while (MemberProcesses.up(manager) != 2);
    List<RunSpec> spared = unfinished(ofOthers);
    assertThat(spared).as("runs that others had not finished when the death was known").isNotEmpty();

    Map<String, Integer> epochs = new TreeMap<>();
    Map<String, Integer> expected = new TreeMap<>();
    Stream<Run> more =
        spared.stream().filter(spec -> spec.seed() > 10).map(spec -> Run.of(mainJob(LONGER_ON_ONE_MEMBER), spec.seed(), true));
    for (Run run : Stream.of(finished.stream(), underWay.stream(), more).flatMap(runs -> runs).toList()) {
      epochs.put(run.id(), awaitDone(run.id()).epoch());
      expected.put(run.id(), repeated.contains(run.id()) ? 2 : 1);
      run.assertResultAsExpected();
    }
    assertThat(epochs).isEqualTo(expected);
  }

  private static List<RunSpec> unfinished(List<RunSpec> specs) {
    return specs.stream().filter(spec -> !isOver(status(spec.hash()))).toList();
  }

  private static Set<String> runsOn(Member member) {
    Set<String> runs = new TreeSet<>();
    member.status().lines().filter(line -> line.startsWith("part run=")).forEach(line -> runs.add(line.substring(9, line.indexOf(' ', 9))));
    return runs;
  }

  @Order(4)
  @Test
  void aMemberThatJoinsInTheMiddleTakesGroupsOver() throws Exception {
    cluster().have(2);
    Run run = Run.of(mainJob(LONGER), 5);
    cluster().client().submit(run.spec);
    await(() -> status(run.id()) != null && status(run.id()).rounds() > 0);
    assertThat(status(run.id()).members()).isEqualTo(2);
    cluster().start();
    RunStatus end = awaitDone(run.id());
    assertThat(end.members()).isEqualTo(3);
    assertThat(end.epoch()).isGreaterThan(1);
    run.assertResultAsExpected();
  }

  /** What happens to one of three members after the first checkpoint. */
  private enum Fault {
    A_MEMBER_IS_KILLED,
    THE_MANAGERS_MEMBER_IS_KILLED,
    A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT,
    A_MEMBER_IS_TOLD_TO_END
  }

  @Order(5)
  @ParameterizedTest
  @EnumSource(Fault.class)
  void theLossOfOneMemberChangesNothing(Fault fault) throws Exception {
    cluster().have(3);
    Run run = Run.of(mainJob(SMALL), 6 + fault.ordinal());
    cluster().client().submit(run.spec);
    awaitSaved(run.id());
    Member manager = cluster().managerOf(run.id());
    Member other = cluster().members().stream().filter(member -> member != manager).toList().getLast();
    switch (fault) {
      case A_MEMBER_IS_KILLED -> other.kill();
      case THE_MANAGERS_MEMBER_IS_KILLED -> manager.kill();
      case A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT -> other.signal("STOP");
      case A_MEMBER_IS_TOLD_TO_END -> {
        other.signal("TERM");
        assertThat(other.process().waitFor()).as("exit code of the member that was told to end").isZero();
      }
    }
    try {
      assertThat(awaitDone(run.id()).epoch()).isGreaterThan(1);
      run.assertResultAsExpected();
      assertLogsTell(run.id(), fault);
    } finally {
      if (fault == Fault.A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT) {
        other.signal("CONT");
      }
    }
    if (fault == Fault.A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT) {
      assertSaysThatItWasCutOff(other);
    }
  }

  /** A line per event, with fields, as text or as JSON. What the command itself says to a person is none of them. */
  private static void assertLogsTell(String run, Fault fault) {
    List<String> events = new ArrayList<>();
    for (Member member : cluster().members()) {
      for (String line : member.said().lines().filter(line -> !line.startsWith("pinfold: ")).toList()) {
        assertThat(line).matches(member.logsJson() ? "\\{\"timestamp\":\\d+,\"level\":\"[A-Z]+\",.*,\"message\":\".*}"
            : "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (INFO |WARN |ERROR) \\w+: .*");
        if (line.contains(run)) {
          events.add(line);
        }
      }
    }
    // The first epoch may have ended before anything was saved, as a group moved to a member that had just come.
    assertThat(events).anyMatch(line -> line.startsWith("{")).anyMatch(line -> !line.startsWith("{"))
        .anyMatch(event("epoch begins", "run=" + run, "epoch=1", "groups=4"))
        .anyMatch(event("groups are placed", "run=" + run, "epoch=1", "groups=4", "members=3", "checkpoint=none"))
        .anyMatch(event("group is saved", "run=" + run, "epoch=\\d+", "part=\\d", "window=\\d+", "group=\\d", "bytes=\\d+", "seconds=\\S+"))
        .anyMatch(event("checkpoint is complete", "run=" + run, "epoch=\\d+", "checkpoint=\\d+-\\d+", "bytes=\\d+", "seconds=\\S+"))
        .anyMatch(event("group is restored", "run=" + run, "epoch=\\d+", "part=\\d", "group=\\d", "bytes=\\d+", "seconds=\\S+"))
        .anyMatch(event("run is done", "run=" + run, "epoch=\\d+"));
    boolean inOrder = fault == Fault.A_MEMBER_IS_TOLD_TO_END;
    if (inOrder) {
      assertThat(events).anyMatch(line -> line.contains("epoch ends: groups") && line.contains("move to another member"));
    }
    // The manager says that it begins again, or dies with the member, and the next one says that it takes over.
    boolean lost = events.stream().anyMatch(line -> line.contains("epoch ends: member") || line.contains("run is taken over"));
    assertThat(lost).as("a member was lost").isEqualTo(!inOrder);
    // A group may also move to a member that has just come.
    assertThat(lost || events.stream().anyMatch(line -> line.matches(".*epoch ends: groups .* move to another member.*")))
        .as("groups were handed over").isTrue();
  }

  /** An event's line in either format; fields are {@code NAME=PATTERN}. */
  private static Predicate<String> event(String what, String... fields) {
    String text = what + Stream.of(fields).map(field -> " " + field).collect(Collectors.joining());
    String json = "\"message\":\"" + what + "\"" + Stream.of(fields).map(field -> ",\"" + field.replace("=", "\":\"?") + "\"?")
        .collect(Collectors.joining());
    return Pattern.compile(text + "(?= |$)|" + json + "(?=[,}])").asPredicate();
  }

  private static void assertSaysThatItWasCutOff(Member member) throws InterruptedException {
    assertThat(member.process().waitFor()).as("exit code of the member that was cut off").isEqualTo(1);
    assertThat(member.said()).contains("this member was cut off from the others");
  }

  @Order(6)
  @Test
  void twoDeathsAtOnceOfThreeStopTheLastAndOthersResume() throws Exception {
    cluster().have(3);
    Run run = Run.of(mainJob(SMALL), 11);
    cluster().client().submit(run.spec);
    awaitSaved(run.id());
    Member last = cluster().members().getLast();
    for (Member member : cluster().members()) {
      if (member != last) {
        member.process().destroyForcibly();
      }
    }
    assertSaysThatItWasCutOff(last);
    assertThat(cluster().runs().resolve(run.id()).resolve("result")).doesNotExist();

    cluster().have(2);
    Comparison resumed = ClusterComparer.resume(cluster().client(), run.id(), label -> (now, rounds) -> true);
    resumed.requireAllRan();
    assertThat(resumed.runs()).extracting(RunResult::digestText).containsExactly(run.expected.digestText());
    run.assertResultAsExpected();
  }

  /** The limit on the size of files stands for the disk's: what does not fit is not written. */
  @Order(7)
  @Test
  void aFullDiskEndsTheRunAndLeavesTheCheckpointsBefore() throws Exception {
    cluster().endAll();
    cluster().have(1);
    Run run = Run.of(mainJob(LONGER_ON_ONE_MEMBER), 10);
    cluster().client().submit(run.spec);
    awaitSaved(run.id());
    cluster().endAll();
    List<String> before = cluster().checkpoints(run.id());
    List<String> statesBefore = files(run.id());

    // Of 512 bytes: a run's small files fit, states do not.
    cluster().start("sh", "-c", "ulimit -f 8; exec \"$@\"", "sh");
    cluster().awaitAllUp();
    await(() -> isOver(status(run.id())));
    RunStatus failed = status(run.id());
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    assertThat(failed.message()).contains("cannot write the checkpoint", "File too large");
    assertThat(cluster().checkpoints(run.id())).isEqualTo(before);
    assertThat(files(run.id())).as("nothing half-written").isEqualTo(statesBefore);
    cluster().endAll();

    cluster().have(1);
    assertThat(cluster().client().status(run.id()).state()).as("nobody takes it up before he is told to").isEqualTo(RunState.UNKNOWN);
    cluster().client().resume(run.id());
    RunStatus end = awaitDone(run.id());
    assertThat(end.epoch()).isEqualTo(3);
    assertThat(cluster().members().getFirst().said("groups are placed", run.id(), before.getLast())).isTrue();
    run.assertResultAsExpected();
  }

  private static List<String> files(String run) throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(cluster().runs().resolve(run).resolve("checkpoints"))) {
      walk.filter(Files::isRegularFile).map(Path::toString).sorted().forEach(files::add);
    }
    return files;
  }
}
