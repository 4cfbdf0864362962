package pinfold.cluster.front;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunOutcome;
import pinfold.cluster.member.RunSpec;

/**
 * A member's HTTP server: {@code GET /status} and {@code GET /metrics} for people and Prometheus, {@code POST /runs},
 * {@code GET /runs/ID}, {@code POST /runs/ID/resume}, {@code POST /runs/ID/checkpoint}, {@code GET /runs/ID/result} and
 * {@code GET /runs/ID/spec} for the command. Anything else is refused. Where the members have TLS so has this, and nobody without a
 * certificate of their authority is answered.
 */
public final class Front implements AutoCloseable {
  /** With what a client says of which build it is; results are read by the same build alone. */
  static final String BUILD_HEADER = "Pinfold-Build";

  /** Status of an answer: there is no manager who would answer. */
  static final int UNAVAILABLE = 503;

  private static final long MOST_BYTES = 5L * RunSpec.MOST_CHARACTERS;
  private static final int BACKLOG = 64;
  private static final String RUN_ID = "[0-9a-f]{16}";

  private final ClusterNode node;
  private final HttpServer server;
  /** One per connection, so that somebody who opens one and says nothing keeps nobody waiting. */
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Front(ClusterNode node, HttpServer server) {
    this.node = node;
    this.server = server;
  }

  /**
   * @throws IOException if it cannot listen there
   * @throws IllegalArgumentException if the settings of TLS are wrong
   */
  public static Front start(ClusterNode node, InetSocketAddress address) throws IOException {
    HttpServer server = server(Tls.of(node.config()), address);
    Front front = new Front(node, server);
    server.createContext("/", front::handle);
    server.setExecutor(front.threads);
    server.start();
    return front;
  }

  /** Whether it answers only whoever has a certificate. */
  public boolean hasTls() {
    return server instanceof HttpsServer;
  }

  private static HttpServer server(Optional<Tls> tls, InetSocketAddress address) throws IOException {
    if (tls.isEmpty()) {
      return HttpServer.create(address, BACKLOG);
    }
    HttpsServer server = HttpsServer.create(address, BACKLOG);
    server.setHttpsConfigurator(tls.get().forServer());
    return server;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (CompletionException | CheckpointException e) {
        Throwable cause = e instanceof CompletionException ? e.getCause() : e;
        send(exchange, UNAVAILABLE, "text/plain", "the cluster does not answer: " + cause.getMessage() + "\n");
      } catch (IOException | RuntimeException e) {
        send(exchange, 400, "text/plain", "cannot do that: " + e.getMessage() + "\n");
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String asked = exchange.getRequestMethod() + " " + path;
    String build = exchange.getRequestHeaders().getFirst(BUILD_HEADER);
    if (build != null && !build.equals(node.build())) {
      send(exchange, 409, "text/plain", "this member is build " + node.build() + ", the command is " + build
          + ": both must be the same\n");
    } else if (asked.equals("GET /status")) {
      send(exchange, 200, "text/plain", StatusText.of(node));
    } else if (asked.equals("GET /metrics")) {
      send(exchange, 200, "text/plain; version=0.0.4", MetricsText.of(node));
    } else if (asked.equals("POST /runs")) {
      send(exchange, node.submit(spec(exchange)));
    } else if (asked.matches("GET /runs/" + RUN_ID)) {
      send(exchange, node.status(path.substring("/runs/".length())));
    } else if (asked.matches("POST /runs/" + RUN_ID + "/resume")) {
      send(exchange, node.resume(path.split("/")[2]));
    } else if (asked.matches("POST /runs/" + RUN_ID + "/checkpoint")) {
      send(exchange, node.checkpoint(path.split("/")[2]));
    } else if (asked.matches("GET /runs/" + RUN_ID + "/result")) {
      sendResult(exchange, path.split("/")[2]);
    } else if (asked.matches("GET /runs/" + RUN_ID + "/spec")) {
      sendSpec(exchange, path.split("/")[2]);
    } else {
      send(exchange, 404, "text/plain", "there is GET /status, GET /metrics, POST /runs, GET /runs/ID, POST /runs/ID/resume, "
          + "POST /runs/ID/checkpoint, GET /runs/ID/result and GET /runs/ID/spec\n");
    }
  }

  private static RunSpec spec(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes((int) MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      throw new IOException("more than " + MOST_BYTES + " bytes");
    }
    return RunSpec.readFrom(new DataInputStream(new ByteArrayInputStream(body)));
  }

  @FunctionalInterface
  private interface Body {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static void send(HttpExchange exchange, Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(new DataOutputStream(bytes));
    send(exchange, 200, "application/octet-stream", bytes.toByteArray());
  }

  private void sendResult(HttpExchange exchange, String run) throws IOException {
    RunOutcome outcome = node.result(run).toCompletableFuture().join();
    if (outcome == null) {
      send(exchange, 404, "text/plain", "run " + run + " has no result\n");
    } else {
      send(exchange, outcome::writeTo);
    }
  }

  private void sendSpec(HttpExchange exchange, String run) throws IOException {
    RunSpec spec = node.spec(run).toCompletableFuture().join();
    if (spec == null) {
      send(exchange, 404, "text/plain", "no run " + run + " was ever submitted\n");
    } else {
      send(exchange, spec::writeTo);
    }
  }

  private static void send(HttpExchange exchange, CompletionStage<RunStatus> status) throws IOException {
    send(exchange, 200, "text/plain", StatusText.of(status.toCompletableFuture().join()));
  }

  private static void send(HttpExchange exchange, int code, String type, String text) throws IOException {
    send(exchange, code, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
