package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;

/**
 * Find where two variants part.
 *
 * @param before events in common to show
 * @param after events of each side to show
 * @param settings of the scenario, as path=value
 */
public record DiffRequest(Path scenario, String left, String right, long seed, int before, int after, List<String> settings, HostKind host,
    int threads) {}
