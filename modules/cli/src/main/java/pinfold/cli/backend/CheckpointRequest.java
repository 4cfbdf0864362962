package pinfold.cli.backend;

import java.util.List;

/**
 * Have a run saved.
 *
 * @param run its name, 16 hexadecimal digits
 * @param cluster addresses of members, at least one
 */
public record CheckpointRequest(String run, List<String> cluster) {}
