package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cluster.front.Front;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.front.SilentClusterException;
import pinfold.scenario.ScenarioConfig;

/** A cluster whose manager dies at the worst moments, as the command that asks it sees that. */
class ForgetfulClusterTest {
  private static final String VARIANT = "linux-6.12";
  private static final ScenarioConfig JOB = Small.mainJob();

  private static final String UNKNOWN = """
      run ID
      state UNKNOWN
      epoch 0
      now_ns 0
      saved_ns -1
      rounds 0
      work_done -1
      members 0
      message no run ID is known to this cluster
      """;

  @TempDir Path directory;

  /** Stands between the command and a member; the first so many questions of a kind are not passed on but answered badly. */
  private static final class BadLine implements AutoCloseable {
    private final HttpServer server;
    private final URI member;
    private final HttpClient client = HttpClient.newHttpClient();
    /** By question, without the number of the run: the answer. */
    private final Map<String, HttpAnswer> bad = new ConcurrentHashMap<>();
    final List<String> badlyAnswered = new ArrayList<>();

    record HttpAnswer(int status, String text) {}

    BadLine(Front front) throws IOException {
      member = URI.create("http://127.0.0.1:" + front.address().getPort());
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
      server.createContext("/", this::handle);
      server.start();
    }

    String address() {
      return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
      try (exchange) {
        String path = exchange.getRequestURI().getPath();
        String asked = exchange.getRequestMethod() + " " + path.replaceAll("[0-9a-f]{16}", "ID");
        byte[] body = exchange.getRequestBody().readAllBytes();
        HttpAnswer answer = bad.remove(asked);
        if (answer != null) {
          badlyAnswered.add(asked);
          send(exchange, answer.status, answer.text.replace("ID", path.replaceAll(".*/", "")).getBytes());
          return;
        }
        HttpRequest request = HttpRequest.newBuilder(member.resolve(path)).method(exchange.getRequestMethod(),
            BodyPublishers.ofByteArray(body)).build();
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        send(exchange, response.statusCode(), response.body());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
      server.stop(0);
      client.close();
    }
  }

  @Test
  void aCommandAsksAgainUntilItHasTheResult() throws Exception {
    String expected = Small.run(JOB, VARIANT, 5, HostFactory.sequential()).digestText();
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1))) {
      cluster.start(1);
      try (Front front = Front.start(cluster.first(), new InetSocketAddress("127.0.0.1", 0)); BadLine line = new BadLine(front);
          FrontClient client = new FrontClient(List.of(line.address()), "test", Optional.empty())) {
        line.bad.put("POST /runs", new BadLine.HttpAnswer(503, "the cluster does not answer"));
        line.bad.put("GET /runs/ID", new BadLine.HttpAnswer(200, UNKNOWN));
        line.bad.put("GET /runs/ID/result", new BadLine.HttpAnswer(503, "the cluster does not answer"));

        Comparison comparison = new ClusterComparer(JOB, List.of(VARIANT), List.of(5L), false, Small.CONFIG)
            .run(client, label -> (nowNanos, windows) -> true);

        assertThat(comparison.runs()).hasSize(1).allMatch(run -> run.digestText().equals(expected));
        assertThat(line.badlyAnswered).containsExactly("POST /runs", "GET /runs/ID", "GET /runs/ID/result");
        line.bad.put("POST /runs", new BadLine.HttpAnswer(400, "cannot do that"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.submit(TestCluster.spec(JOB, VARIANT, 6)))
            .isNotInstanceOf(SilentClusterException.class).withMessageContaining("cannot do that");
      }
    }
  }
}
