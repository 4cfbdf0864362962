package pinfold.cluster.front;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.RunOutcome;
import pinfold.cluster.member.RunSpec;

/** Talks to the {@link Front} of a cluster's members: to one as long as it answers, then to the next. Any thread may. */
public final class FrontClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(25);

  private final List<String> addresses;
  private final String build;
  private final Optional<Tls> tls;
  private final HttpClient client;
  private volatile int current;

  /**
   * @param addresses {@code HOST:PORT} of the fronts of some members, at least one
   * @param build what this program is; members of another build refuse it
   * @param tls if the members have it
   */
  public FrontClient(List<String> addresses, String build, Optional<Tls> tls) {
    this.addresses = List.copyOf(addresses);
    this.build = build;
    this.tls = tls;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    tls.ifPresent(own -> builder.sslContext(own.context()).sslParameters(own.parameters()));
    this.client = builder.build();
  }

  public RunStatus submit(RunSpec spec) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    spec.writeTo(new DataOutputStream(bytes));
    return StatusText.read(text(ask("POST", "/runs", BodyPublishers.ofByteArray(bytes.toByteArray()))));
  }

  public RunStatus status(String run) throws IOException {
    return StatusText.read(text(ask("GET", "/runs/" + run, BodyPublishers.noBody())));
  }

  public RunStatus resume(String run) throws IOException {
    return StatusText.read(text(ask("POST", "/runs/" + run + "/resume", BodyPublishers.noBody())));
  }

  /** Has the run saved; answered before it is, see {@link RunStatus#savedNanos()}. */
  public RunStatus checkpoint(String run) throws IOException {
    return StatusText.read(text(ask("POST", "/runs/" + run + "/checkpoint", BodyPublishers.noBody())));
  }

  /** What was submitted. */
  public RunSpec spec(String run) throws IOException {
    return RunSpec.readFrom(new DataInputStream(new ByteArrayInputStream(ask("GET", "/runs/" + run + "/spec",
        BodyPublishers.noBody()))));
  }

  public RunOutcome result(String run) throws IOException {
    return RunOutcome.readFrom(new DataInputStream(new ByteArrayInputStream(ask("GET", "/runs/" + run + "/result",
        BodyPublishers.noBody()))));
  }

  /** How many members are up. */
  public int members() throws IOException {
    return (int) status().lines().filter(line -> line.startsWith("member ")).count();
  }

  /** A member's figures. */
  public Metrics metrics() throws IOException {
    return Metrics.read(text(ask("GET", "/metrics", BodyPublishers.noBody())));
  }

  /** The member's status as text. */
  public String status() throws IOException {
    return text(ask("GET", "/status", BodyPublishers.noBody()));
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  /**
   * @throws SilentClusterException if nobody answers there, or for the cluster
   * @throws IOException if the answer is that it cannot be done; the message says so to a person
   */
  private byte[] ask(String method, String path, BodyPublisher body) throws IOException {
    for (int tried = 1; ; tried++) {
      String address = addresses.get(current);
      try {
        return ask(address, method, path, body);
      } catch (ConnectException | HttpTimeoutException e) {
        current = (addresses.indexOf(address) + 1) % addresses.size();
        if (tried == addresses.size()) {
          throw new SilentClusterException("nobody answers at " + String.join(", ", addresses), e);
        }
      }
    }
  }

  private byte[] ask(String address, String method, String path, BodyPublisher body) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create((tls.isPresent() ? "https://" : "http://") + address + path)).timeout(ANSWER)
        .header(Front.BUILD_HEADER, build).method(method, body).build();
    HttpResponse<byte[]> response = send(address, request);
    if (response.statusCode() != 200) {
      String message = address + " answered: " + text(response.body()).strip();
      throw response.statusCode() == Front.UNAVAILABLE ? new SilentClusterException(message, null) : new IOException(message);
    }
    return response.body();
  }

  private HttpResponse<byte[]> send(String address, HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (ConnectException | HttpTimeoutException e) {
      throw e; // The next may answer.
    } catch (SSLException e) {
      throw new IOException(address + " and this command do not agree on TLS: " + e.getMessage(), e);
    } catch (IOException e) {
      String hint = tls.isPresent() ? "" : " (where the members have TLS, the command needs --tls)";
      throw new SilentClusterException(address + ": " + e.getMessage() + hint, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + address + " was asked", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
