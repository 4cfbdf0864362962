package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Be a member of a cluster.
 *
 * @param join members to join, {@code HOST:PORT} each; empty: be the first
 * @param runs directory that all members see, or this member's own
 * @param copies how many other members keep what is in its own; 0: all see the directory
 * @param threads that its parts of machines run on
 * @param config settings that win over the built-in ones
 */
public record NodeRequest(Address listen, List<String> join, Address http, Path runs, int copies, int checkpointSeconds,
    int threads, Optional<Path> config, Logs.Format logFormat) {
  /** A host and a port, 0 for any. */
  public record Address(String host, int port) {}
}
