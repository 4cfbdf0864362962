package pinfold.cli.backend;

import java.nio.file.Path;

/** What to do with the cluster of this machine. */
public sealed interface ClusterRequest {
  /** Directory of logs, runs and process ids. */
  Path directory();

  /** Start members from {@code port} up, each with its own directory if there are copies. */
  record Up(Path directory, int members, int port, int copies, int checkpointSeconds) implements ClusterRequest {}

  /** End them. */
  record Down(Path directory) implements ClusterRequest {}

  /** Show them. */
  record Status(Path directory) implements ClusterRequest {}
}
