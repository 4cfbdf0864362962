package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import pinfold.experiment.explain.Failure;

/**
 * Reduce a scenario that fails.
 *
 * @param out the file to write
 * @param settings of the scenario, as path=value
 */
public record ShrinkRequest(Path scenario, String variant, long seed, Failure fails, Path out, List<String> settings, HostKind host,
    int threads) {}
