package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.front.Tls;
import pinfold.scenario.ConfigError;

/** {@code cluster}: members on this machine, each a process of its own. */
final class ClusterBackEnd {
  private static final int HTTP_OFFSET = 80;
  private static final long LOOK_MILLIS = 200;
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(90);
  /** As long as a member may take to leave. */
  private static final long END_SECONDS = 85;

  private ClusterBackEnd() {}

  /** A member that was started: its process, when that began (process ids are used again), and where it answers. */
  private record Member(long pid, Instant started, String http) {
    static Member read(String line) {
      String[] parts = line.split(" ");
      return new Member(Long.parseLong(parts[0]), Instant.parse(parts[1]), parts[2]);
    }

    String line() {
      return pid + " " + started + " " + http;
    }

    Optional<ProcessHandle> process() {
      return ProcessHandle.of(pid)
          .filter(handle -> handle.isAlive() && handle.info().startInstant().map(started::equals).orElse(false));
    }
  }

  static boolean run(ClusterRequest request, Session session) throws IOException, InterruptedException {
    return switch (request) {
      case ClusterRequest.Up up -> up(up, session);
      case ClusterRequest.Down down -> down(down.directory(), session);
      case ClusterRequest.Status status -> status(status, session);
    };
  }

  private static Path list(Path directory) {
    return directory.resolve("members");
  }

  private static List<Member> members(Path directory) throws IOException {
    if (!Files.exists(list(directory))) {
      return List.of();
    }
    return Files.readAllLines(list(directory)).stream().map(Member::read).toList();
  }

  private static boolean up(ClusterRequest.Up request, Session session) throws IOException, InterruptedException {
    if (members(request.directory()).stream().anyMatch(member -> member.process().isPresent())) {
      throw new ConfigError("cluster", 0, "--dir", request.directory().toString(),
          "has members that run: 'pinfold cluster status' shows them, 'pinfold cluster down' ends them");
    }
    Files.createDirectories(request.directory());
    List<Member> members = new ArrayList<>();
    List<Process> processes = new ArrayList<>();
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / request.members());
    for (int i = 0; i < request.members(); i++) {
      int port = request.port() + i;
      String http = "127.0.0.1:" + (port + HTTP_OFFSET);
      List<String> command = new ArrayList<>(List.of(session.home().resolve("pinfold").toString(), "node", "--listen",
          "127.0.0.1:" + port, "--http", http, "--runs", runs(request, port).toString(), "--copies",
          Integer.toString(request.copies()), "--checkpoint-every", Integer.toString(request.checkpointSeconds()), "--threads",
          Integer.toString(threads)));
      if (i > 0) {
        command.addAll(List.of("--join", "127.0.0.1:" + request.port()));
      }
      Path log = request.directory().resolve("member-" + port + ".log");
      Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      processes.add(process);
      members.add(new Member(process.pid(), process.info().startInstant().orElse(Instant.EPOCH), http));
      Files.write(list(request.directory()), members.stream().map(Member::line).toList());
      if (i == 0) {
        await(members, processes, 1, request.directory(), session);
      }
    }
    await(members, processes, request.members(), request.directory(), session);
    session.out().printf("%d members are up; their logs and runs are in %s%n", request.members(), request.directory());
    session.out().println("pinfold compare config/scenarios/vm-passthrough.conf --cluster "
        + String.join(",", members.stream().map(Member::http).toList()));
    return true;
  }

  /** A member's run directory. */
  private static Path runs(ClusterRequest.Up request, int port) {
    return request.directory().resolve(request.copies() == 0 ? "runs" : "runs-" + port);
  }

  /** Until the first member sees so many. */
  private static void await(List<Member> members, List<Process> processes, int count, Path directory, Session session)
      throws InterruptedException {
    long until = System.nanoTime() + START_NANOS;
    try (FrontClient client = new FrontClient(List.of(members.getFirst().http()), session.build(), Optional.empty())) {
      for (;;) {
        if (session.cancelled() || processes.stream().anyMatch(process -> !process.isAlive()) || System.nanoTime() > until) {
          processes.forEach(Process::destroy);
          throw new ConfigError("cluster", 0, "--dir", directory.toString(),
              "a member did not start; its log there says why. All were ended");
        }
        try {
          if (client.members() >= count) {
            return;
          }
        } catch (IOException e) {
          // Not yet.
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static boolean down(Path directory, Session session) throws IOException, InterruptedException {
    List<ProcessHandle> running = members(directory).stream().flatMap(member -> member.process().stream()).toList();
    running.forEach(ProcessHandle::destroy);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    while (running.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < until) {
      Thread.sleep(LOOK_MILLIS);
    }
    List<ProcessHandle> left = running.stream().filter(ProcessHandle::isAlive).toList();
    left.forEach(ProcessHandle::destroyForcibly);
    Files.deleteIfExists(list(directory));
    session.out().printf("%d members ended%n", running.size());
    if (!left.isEmpty()) {
      session.err().printf("pinfold: %d of them did not leave within %d s and were killed: %s%n", left.size(), END_SECONDS,
          left.stream().map(process -> "pid " + process.pid()).collect(Collectors.joining(", ")));
    }
    return left.isEmpty();
  }

  private static boolean status(ClusterRequest.Status request, Session session) throws IOException {
    List<ClusterStatus.Asked> asked = new ArrayList<>();
    if (request.fronts().isEmpty()) {
      List<Member> members = members(request.directory());
      if (members.isEmpty()) {
        session.out().println("no members: start some with 'pinfold cluster up 3', or name those of another machine with --cluster");
        return false;
      }
      for (Member member : members) {
        asked.add(member.process().isPresent() ? ask(member.http(), Optional.empty(), session)
            : ClusterStatus.Asked.inVain(member.http(), "process " + member.pid() + " is gone"));
      }
    } else {
      Optional<Tls> tls = request.fronts().readTls();
      for (String http : request.fronts().addresses()) {
        asked.add(ask(http, tls, session));
      }
    }
    ClusterStatus status = new ClusterStatus(asked);
    session.out().print(request.json() ? status.json() : status.text(session.terminal().columns()));
    return status.isWhole();
  }

  private static ClusterStatus.Asked ask(String http, Optional<Tls> tls, Session session) {
    try (FrontClient client = new FrontClient(List.of(http), session.build(), tls)) {
      return new ClusterStatus.Asked(http, client.metrics(), "");
    } catch (IOException | IllegalArgumentException e) {
      return ClusterStatus.Asked.inVain(http, e.getMessage());
    }
  }
}
