package pinfold.cli.backend;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

  private NodeBackEnd() {}

  /** Returns true when it left the cluster because it was told to. */
  static boolean run(NodeRequest request, Session session) throws IOException, InterruptedException {
    Config overrides = overrides(request);
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
    } catch (IOException e) {
      throw new ConfigError("node", 0, "--http", request.http().host() + ":" + request.http().port(), e.getMessage());
    }
  }

  private static Config overrides(NodeRequest request) throws IOException {
    if (request.config().isEmpty()) {
      return ConfigFactory.empty();
    }
    if (!Files.isRegularFile(request.config().get())) {
      throw new NoSuchFileException(request.config().get().toString());
    }
    try {
      return ConfigFactory.parseFile(request.config().get().toFile());
    } catch (ConfigException e) {
      throw new ConfigError(request.config().get().toString(), 0, "", null, e.getMessage());
    }
  }
}
