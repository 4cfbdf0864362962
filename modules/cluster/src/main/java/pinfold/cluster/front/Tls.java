package pinfold.cluster.front;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS as the members have it between each other (config/cluster-tls.conf), for the HTTP port too: the same keys, the same authority, a
 * certificate of whoever connects.
 */
public final class Tls {
  private static final String ARTERY = "pekko.remote.artery.";

  private final SSLContext context;
  private final SSLParameters parameters;

  private Tls(SSLContext context, SSLParameters parameters) {
    this.context = context;
    this.parameters = parameters;
  }

  /**
   * What the settings of a member say; empty where it has no TLS.
   *
   * @param config resolved
   * @throws IllegalArgumentException if a file or a setting is wrong; the message says which
   */
  public static Optional<Tls> of(Config config) {
    if (!config.hasPath(ARTERY + "transport") || !config.getString(ARTERY + "transport").equals("tls-tcp")) {
      return Optional.empty();
    }
    try {
      Config engine = config.getConfig(ARTERY + "ssl.config-ssl-engine");
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store(engine, "key-store"), engine.getString("key-password").toCharArray());
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store(engine, "trust-store"));
      SSLContext context = SSLContext.getInstance(engine.getString("protocol"));
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      SSLParameters parameters = new SSLParameters(engine.getStringList("enabled-algorithms").toArray(String[]::new),
          new String[] {engine.getString("protocol")});
      parameters.setNeedClientAuth(true);
      return Optional.of(new Tls(context, parameters));
    } catch (ConfigException | GeneralSecurityException e) {
      throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
    }
  }

  private static KeyStore store(Config engine, String name) throws GeneralSecurityException {
    File file = new File(engine.getString(name));
    try {
      return KeyStore.getInstance(file, engine.getString(name + "-password").toCharArray());
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("TLS: " + name + " = " + file + ": " + e.getMessage(), e);
    }
  }

  HttpsConfigurator forServer() {
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters connection) {
        connection.setSSLParameters(parameters);
      }
    };
  }

  /** The client's side. That the certificate is for the server's host is checked by the HTTP client itself. */
  SSLContext context() {
    return context;
  }

  SSLParameters parameters() {
    return parameters;
  }
}
