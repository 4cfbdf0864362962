package pinfold.experiment.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import pinfold.experiment.results.Json;

/** Serves the page and, under {@code /state.json}, what it shows; to this machine alone. Nothing can be asked of it but that. */
public final class LiveServer implements AutoCloseable {
  private static final String PAGE = "live.html";
  private static final int BACKLOG = 64;

  private final LiveBoard board;
  private final HttpServer server;
  /** One per connection, so that somebody who opens one and says nothing keeps nobody waiting. */
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private LiveServer(LiveBoard board, HttpServer server) {
    this.board = board;
    this.server = server;
  }

  /**
   * @param port 0 for any that is free
   * @throws IOException if it cannot listen there
   */
  public static LiveServer start(LiveBoard board, int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    LiveServer live = new LiveServer(board, server);
    server.createContext("/", live::handle);
    server.setExecutor(live.threads);
    server.start();
    return live;
  }

  /** Where a browser finds the page. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      String host = exchange.getRequestHeaders().getFirst("Host");
      if (host == null || !host.matches("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?")) {
        send(exchange, 403, "text/plain", "ask as 127.0.0.1\n".getBytes(StandardCharsets.UTF_8)); // A page elsewhere may not read it.
      } else if (asked.equals("GET /")) {
        send(exchange, 200, "text/html; charset=utf-8", page());
      } else if (asked.equals("GET /state.json")) {
        send(exchange, 200, "application/json", Json.line(board.state()).getBytes(StandardCharsets.UTF_8));
      } else {
        send(exchange, 404, "text/plain", "there is GET / and GET /state.json\n".getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static byte[] page() throws IOException {
    try (InputStream page = LiveServer.class.getResourceAsStream(PAGE)) {
      return page.readAllBytes();
    }
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
