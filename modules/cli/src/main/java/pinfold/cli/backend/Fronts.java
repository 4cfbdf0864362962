package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.front.Tls;

/**
 * Where a cluster is reached.
 *
 * @param addresses {@code HOST:PORT} (http) of members; none: there is no cluster
 * @param tls file with the settings of TLS, where the members have it
 */
public record Fronts(List<String> addresses, Optional<Path> tls) {
  /** No cluster. */
  public static final Fronts NONE = new Fronts(List.of(), Optional.empty());

  public boolean isEmpty() {
    return addresses.isEmpty();
  }

  /** As a user wrote them. */
  public String text() {
    return String.join(",", addresses);
  }

  Optional<Tls> readTls() throws IOException {
    return tls.isEmpty() ? Optional.empty() : Optional.of(SettingsFile.tls(tls.get()));
  }

  FrontClient client(Session session) throws IOException {
    return new FrontClient(addresses, session.build(), readTls());
  }
}
