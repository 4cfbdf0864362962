package pinfold.cli.backend;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.front.Front;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunDirectory;
import pinfold.experiment.compare.ScenarioWorkload;
import pinfold.scenario.ConfigError;

/** {@code node}: a member of a cluster, until it is told to end. */
final class NodeBackEnd {
  private static final long LOOK_MILLIS = 200;
  /** More than the phases of a member's shutdown may take together, less than what deploy/ waits before it kills. */
  private static final Duration LEAVING = Duration.ofSeconds(85);

  private NodeBackEnd() {}

  /** Returns true when it left the cluster because it was told to. */
  static boolean run(NodeRequest request, Session session) throws IOException, InterruptedException {
    Logs.write(request.logFormat());
    session.cancellation().isTheOrdinaryEnd(LEAVING);
    Config overrides = request.config().isEmpty() ? ConfigFactory.empty() : SettingsFile.read(request.config().get());
    Files.createDirectories(request.runs());
    ClusterNode.Settings settings = new ClusterNode.Settings(request.listen().host(), request.listen().port(), request.join(),
        Duration.ofSeconds(request.checkpointSeconds()), request.copies(), request.threads(), overrides);
    ClusterNode node;
    try {
      node = ClusterNode.start(settings, new ScenarioWorkload(), new RunDirectory(request.runs(), session.build()));
    } catch (CheckpointException e) {
      throw new ConfigError("node", 0, "--runs", request.runs().toString(), e.getMessage());
    } catch (RuntimeException e) {
      throw new ConfigError("node", 0, "--listen", request.listen().host() + ":" + request.listen().port(), e.getMessage());
    }
    try (node; Front front = front(node, request)) {
      session.err().printf("pinfold: member %s, http %s:%d, runs in %s%n", node.address(), request.http().host(),
          front.address().getPort(), request.runs());
      if (!front.hasTls() && !front.address().getAddress().isLoopbackAddress()) {
        session.err().println("pinfold: warning: --http " + request.http().host() + " is no loopback address and has no access control: "
            + "whoever reaches it can submit runs. Keep others away by a firewall, or give the cluster TLS (config/cluster-tls.conf)");
      }
      while (!session.cancelled()) {
        if (node.whenTerminated().toCompletableFuture().isDone()) {
          session.err().println("pinfold: this member was cut off from the others, never found them, or was refused by them (another build,"
              + " other --copies), and has stopped");
          return false;
        }
        Thread.sleep(LOOK_MILLIS);
      }
      return true;
    }
  }

  private static Front front(ClusterNode node, NodeRequest request) {
    try {
      return Front.start(node, new InetSocketAddress(request.http().host(), request.http().port()));
    } catch (IllegalArgumentException e) {
      throw new ConfigError("node", 0, "--config", request.config().map(Path::toString).orElse(""), e.getMessage());
    } catch (IOException e) {
      throw new ConfigError("node", 0, "--http", request.http().host() + ":" + request.http().port(), e.getMessage());
    }
  }
}
