package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Find where two variants part.
 *
 * @param scenario a scenario's file, or a result directory
 * @param point of an experiment, from 1
 * @param before events in common to show
 * @param after events of each side to show
 * @param settings of the scenario, as path=value
 */
public record DiffRequest(Path scenario, OptionalInt point, String left, String right, long seed, int before, int after,
    List<String> settings, HostKind host, int threads) {}
