package pinfold.cli.backend;

/**
 * Have a run saved.
 *
 * @param run its name, 16 hexadecimal digits
 * @param cluster at least one address
 */
public record CheckpointRequest(String run, Fronts cluster) {}
