package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import pinfold.experiment.explain.Failure;

/**
 * Reduce a scenario that fails.
 *
 * @param scenario a scenario's file, or a result directory
 * @param point of an experiment, from 1
 * @param out the file to write
 * @param settings of the scenario, as path=value
 */
public record ShrinkRequest(Path scenario, OptionalInt point, String variant, long seed, Failure fails, Path out, List<String> settings,
    HostKind host, int threads) {}
