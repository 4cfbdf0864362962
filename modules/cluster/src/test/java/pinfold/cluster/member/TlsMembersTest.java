package pinfold.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cluster.testing.Certificates;
import pinfold.cluster.testing.FreePorts;

/** Members with config/cluster-tls.conf and certificates of deploy/make-test-certificates.sh, over real sockets. */
class TlsMembersTest {
  /** Only of a test that fails. */
  private static final int TIMEOUT_MILLIS = 20_000;

  @TempDir static Path certificates;
  private static Certificates made;
  @TempDir Path runs;

  private final List<ClusterNode> nodes = new ArrayList<>();
  private final int firstPort = FreePorts.next();

  /** A member that a test closes leaves at once, without a word to the others. */
  private static final Config QUICK = ConfigFactory.parseString("""
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 1s
      """);

  private static final Workload NONE = new Workload() {
    @Override
    public PreparedRun prepare(RunSpec spec) {
      throw new IllegalStateException("no run here");
    }

    @Override
    public int nodes(RunSpec spec) {
      throw new IllegalStateException("no run here");
    }
  };

  @BeforeAll
  static void makeCertificates() throws Exception {
    made = new Certificates(certificates);
    made.make("ours", "a=127.0.0.1", "b=127.0.0.1", "elsewhere=member-9");
    made.make("theirs", "a=127.0.0.1");
  }

  @AfterEach
  void close() {
    nodes.forEach(ClusterNode::close);
  }

  @Test
  void membersWithCertificatesOfOneAuthorityBecomeMembersOfOneCluster() throws Exception {
    int secondPort = FreePorts.next();
    // As the files in deploy/ have it: one list for all, with the member itself in it.
    String[] all = {"127.0.0.1:" + firstPort, "127.0.0.1:" + secondPort};
    ClusterNode second = start(secondPort, tls("ours", "b", "ours"), all);
    ClusterNode first = start(firstPort, tls("ours", "a", "ours"), all);
    awaitMembers(first, 2);
    awaitMembers(second, 2);
    assertThat(first.members()).containsExactlyInAnyOrderElementsOf(second.members());
  }

  @Test
  void strangersNeverBecomeMembers() throws Exception {
    ClusterNode first = start(firstPort, tls("ours", "a", "ours"));
    awaitMembers(first, 1);
    Queue<String> seen = everyMemberSeenBy(first);
    while (seen.isEmpty()) {
      Thread.sleep(20);
    }
    List<ClusterNode> strangers = List.of(
        start(FreePorts.next(), givesUp(ConfigFactory.empty())), // speaks no TLS
        start(FreePorts.next(), givesUp(tls("ours", "trust", "ours"))), // has no certificate
        start(FreePorts.next(), givesUp(tls("theirs", "a", "ours")))); // has one of another authority
    String only = ClusterNode.SYSTEM + "@127.0.0.1:" + firstPort;
    while (!strangers.stream().allMatch(stranger -> stranger.whenTerminated().toCompletableFuture().isDone())) {
      assertThat(seen).containsOnly(only);
      Thread.sleep(20);
    }
    assertThat(seen).containsOnly(only);
  }

  /** The member's side of a connection that a stranger opens: nothing of what it would send gets in. */
  @Test
  void whoConnectsWithoutACertificateOfTheAuthorityIsCutOff() throws Exception {
    awaitMembers(start(firstPort, tls("ours", "a", "ours")), 1);
    for (SSLContext stranger : List.of(context(null), context("theirs/a"))) {
      try (Socket socket = stranger.getSocketFactory().createSocket("127.0.0.1", firstPort)) {
        assertThat(isCutOff(socket)).isTrue();
      }
    }
    try (Socket plain = new Socket("127.0.0.1", firstPort)) {
      plain.getOutputStream().write("no TLS at all\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(isCutOff(plain)).isTrue();
    }
  }

  /** Whether the other side ends the connection, which it may do with an alert or without. */
  private static boolean isCutOff(Socket socket) throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
    return true;
  }

  /** The member's side of a connection that it opens itself. */
  @Test
  void aSeedIsToldNothingUnlessItsCertificateIsOfTheAuthorityAndForItsHost() throws Exception {
    assertThat(hears(context("ours/b"))).isTrue();
    assertThat(hears(context("theirs/a"))).isFalse();
    assertThat(hears(context("ours/elsewhere"))).isFalse();
  }

  /** Whether a member that joins a seed with these keys sends it anything. */
  private boolean hears(SSLContext seed) throws Exception {
    try (SSLServerSocket server = (SSLServerSocket) seed.getServerSocketFactory().createServerSocket(0)) {
      server.setNeedClientAuth(true);
      server.setSoTimeout(TIMEOUT_MILLIS);
      start(FreePorts.next(), tls("ours", "a", "ours"), "127.0.0.1:" + server.getLocalPort());
      try (Socket member = server.accept()) {
        member.setSoTimeout(TIMEOUT_MILLIS);
        return member.getInputStream().read() >= 0;
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** Trusts our authority, and has these keys or none. */
  private static SSLContext context(String keys) throws Exception {
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(KeyStore.getInstance(made.file("ours", "trust.p12").toFile(), made.password("ours").toCharArray()));
    KeyManager[] own = null;
    if (keys != null) {
      char[] password = made.password(keys.substring(0, keys.indexOf('/'))).toCharArray();
      KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(KeyStore.getInstance(certificates.resolve(keys + ".p12").toFile(), password), password);
      own = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own, trust.getTrustManagers(), null);
    return context;
  }

  private ClusterNode start(int port, Config overrides) {
    return start(port, overrides, "127.0.0.1:" + firstPort);
  }

  private ClusterNode start(int port, Config overrides, String... seeds) {
    ClusterNode node = ClusterNode.start(new ClusterNode.Settings("127.0.0.1", port, List.of(seeds),
        Duration.ofMinutes(1), 0, 1, QUICK.withFallback(overrides)), NONE, new RunDirectory(runs, "test"));
    nodes.add(node);
    return node;
  }

  private static Config tls(String authority, String keys, String trusted) throws IOException {
    return made.settings(authority, keys, trusted);
  }

  private static Config givesUp(Config config) {
    return ConfigFactory.parseString("pekko.cluster.shutdown-after-unsuccessful-join-seed-nodes = 4s").withFallback(config);
  }

  /** Addresses of all that were ever members of any kind, also while joining. */
  private static Queue<String> everyMemberSeenBy(ClusterNode node) {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    ActorRef<MemberEvent> listener = node.system().systemActorOf(Behaviors.receiveMessage(event -> {
      seen.add(event.member().address().hostPort());
      return Behaviors.same();
    }), "listener", Props.empty());
    Cluster.get(node.system()).subscriptions().tell(new Subscribe<>(listener, MemberEvent.class));
    return seen;
  }

  private static void awaitMembers(ClusterNode node, int count) throws InterruptedException {
    while (node.members().size() < count) {
      assertThat(node.whenTerminated().toCompletableFuture()).as("of the member that waits for %s", count).isNotDone();
      Thread.sleep(20);
    }
  }
}
