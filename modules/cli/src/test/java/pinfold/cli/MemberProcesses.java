package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.testing.FreePorts;
import pinfold.experiment.Installation;

/** Members of one cluster on this machine, each a JVM of its own with what {@code pinfold node} runs. All see the same run directory. */
final class MemberProcesses implements AutoCloseable {
  private static final Path HOME = Path.of("..", "..");

  /** A member, alive or not. */
  record Member(Process process, String listen, String front, Path log, boolean logsJson) {
    String said() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        return "";
      }
    }

    /** Whether a line of its log has all of these. */
    boolean said(String... words) {
      return said().lines().anyMatch(line -> Stream.of(words).allMatch(line::contains));
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    /** STOP and CONT are what Java has no method for. */
    void signal(String name) throws IOException, InterruptedException {
      assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
    }

    /** The member's own status, empty while it does not answer. */
    String status() {
      try (FrontClient client = new FrontClient(List.of(front), Installation.build(), Optional.empty())) {
        return client.status();
      } catch (IOException e) {
        return "";
      }
    }
  }

  private final Path directory;
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private FrontClient client;
  private int started;

  MemberProcesses(Path directory) {
    this.directory = directory;
    // A test that is itself ended leaves no JVMs behind.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> members.forEach(member -> member.process.destroyForcibly())));
  }

  Path runs() {
    return directory.resolve("runs");
  }

  /** The members that were started for the present cluster and not removed from this list, in the order of their start. */
  List<Member> members() {
    return members;
  }

  /** Talks to the members that there were when the cluster was last changed. */
  FrontClient client() {
    return client;
  }

  String fronts() {
    return String.join(",", members.stream().map(Member::front).toList());
  }

  /** Who decides about this run: its member's log says so. */
  Member managerOf(String run) {
    return members.stream().filter(member -> member.process.isAlive() && member.said("groups are placed", run)).toList().getLast();
  }

  /** Sees to it that so many members are up and know each other; more than that are ended, and others begin a new cluster. */
  void have(int count) throws Exception {
    members.removeIf(member -> !member.process.isAlive());
    if (members.size() > count) {
      endAll();
    }
    while (members.size() < count) {
      start();
    }
    awaitAllUp();
  }

  /** So many members of a cluster that has lost none. */
  void haveUnharmed(int count) throws Exception {
    if (members.stream().anyMatch(member -> !member.process.isAlive())) {
      endAll();
    }
    have(count);
  }

  void awaitAllUp() throws Exception {
    if (client != null) {
      client.close();
    }
    client = new FrontClient(members.stream().map(Member::front).toList(), Installation.build(), Optional.empty());
    while (members.stream().anyMatch(member -> up(member) != members.size())) {
      assertThat(members).as("members that did not start").allMatch(member -> member.process.isAlive());
      Thread.sleep(100);
    }
  }

  /** Members that this one knows to be up, dead ones too until they are removed; 0 while it does not answer. */
  static long up(Member member) {
    return member.status().lines().filter(line -> line.startsWith("member ")).count();
  }

  /**
   * Starts a member that joins those that there are. One of them has a log of JSON, the others of text.
   *
   * @param around a command that the member's command is appended to, as {@code nice}
   */
  Member start(String... around) throws IOException {
    String listen = "127.0.0.1:" + FreePorts.next();
    String front = "127.0.0.1:" + FreePorts.next();
    List<String> command = new ArrayList<>(Arrays.asList(around));
    command.addAll(pinfold("node", "--listen", listen, "--http", front, "--runs", runs().toString(), "--checkpoint-every", "1",
        "--threads", "1"));
    boolean logsJson = members.stream().noneMatch(member -> member.logsJson && member.process.isAlive());
    command.addAll(List.of("--log-format", logsJson ? "json" : "text"));
    if (!members.isEmpty()) {
      command.addAll(List.of("--join", String.join(",", members.stream().map(Member::listen).toList())));
    }
    Path log = directory.resolve("member-" + started++);
    Member member = new Member(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), listen, front, log, logsJson);
    members.add(member);
    return member;
  }

  /** What starts the command in a JVM of its own; few compiler threads and no files beside what it is asked for. */
  static List<String> pinfold(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "--sun-misc-unsafe-memory-access=allow",
        "-Dpinfold.home=" + HOME, "-cp", System.getProperty("java.class.path"), "pinfold.cli.Pinfold"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Names of the runs that are known to the directory. */
  List<String> names() throws IOException {
    try (Stream<Path> list = Files.isDirectory(runs()) ? Files.list(runs()) : Stream.empty()) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Names of the run's complete checkpoints, the latest last. */
  List<String> checkpoints(String run) throws IOException {
    Path all = runs().resolve(run).resolve("checkpoints");
    try (Stream<Path> list = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
      return list.filter(path -> Files.exists(path.resolve("complete"))).map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  void endAll() throws InterruptedException {
    for (Member member : members) {
      member.kill();
    }
    members.clear();
  }

  @Override
  public void close() throws InterruptedException {
    endAll();
    if (client != null) {
      client.close();
    }
  }
}
