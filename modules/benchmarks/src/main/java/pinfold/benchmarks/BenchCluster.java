package pinfold.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pinfold.cluster.front.FrontClient;

/** Members on this machine, each a JVM of its own, as {@code pinfold cluster up} starts them. */
final class BenchCluster implements AutoCloseable {
  private static final int HTTP_OFFSET = 80;
  private static final int FIRST_PORT = 7600;
  private static final int LAST_PORT = 9600;

  private final Effort effort;
  private final Path command;
  private final Path directory;
  private final int members;
  private final int port;
  private final String build;

  BenchCluster(Effort effort, int members) {
    this.effort = effort;
    this.members = members;
    this.build = effort.build();
    command = effort.home().resolve("pinfold");
    try {
      directory = Files.createTempDirectory("pinfold-bench-cluster");
      port = freePorts();
      pinfold(List.of("cluster", "up", Integer.toString(members), "--dir", directory.toString(), "--port", Integer.toString(port)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int freePorts() throws IOException {
    for (int first = FIRST_PORT; first < LAST_PORT; first += members) {
      int base = first;
      if (IntStream.range(0, members).allMatch(i -> isFree(base + i) && isFree(base + HTTP_OFFSET + i))) {
        return base;
      }
    }
    throw new IOException("no free ports for " + members + " members from " + FIRST_PORT + " to " + LAST_PORT);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private void pinfold(List<String> arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(arguments);
    Path log = directory.resolve("command.log");
    Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("'pinfold " + String.join(" ", arguments) + "' said: " + Files.readString(log).strip());
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Talks to one member. */
  FrontClient client(int member) {
    return new FrontClient(List.of("127.0.0.1:" + (port + HTTP_OFFSET + member)), build, Optional.empty());
  }

  /** Figures that were measured are not lost because a member does not end. */
  @Override
  public void close() {
    try {
      pinfold(List.of("cluster", "down", "--dir", directory.toString()));
      try (Stream<Path> below = Files.walk(directory)) {
        below.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    } catch (IOException e) {
      effort.says("members may still run, " + e.getMessage() + "; end them with ./pinfold cluster down --dir " + directory);
    }
  }
}
