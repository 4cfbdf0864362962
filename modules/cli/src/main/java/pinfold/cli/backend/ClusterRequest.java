package pinfold.cli.backend;

import java.nio.file.Path;

/** What to do with a cluster; {@code directory} has the logs, runs and process ids of members that were started on this machine. */
public sealed interface ClusterRequest {
  /** Start members from {@code port} up, each with its own directory if there are copies. */
  record Up(Path directory, int members, int port, int copies, int checkpointSeconds) implements ClusterRequest {}

  /** End them. */
  record Down(Path directory) implements ClusterRequest {}

  /** Show a cluster: that at {@code fronts}, or without any those on this machine. */
  record Status(Path directory, Fronts fronts, boolean json) implements ClusterRequest {}
}
