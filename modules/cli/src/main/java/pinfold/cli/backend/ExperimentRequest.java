package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Run an experiment, or go on with it.
 *
 * @param experiment its file, or its name
 * @param out where results go; empty for results/NAME in the working directory
 * @param threads runs at the same time, 0 for one per processor
 */
public record ExperimentRequest(String experiment, Optional<Path> out, int threads, Fronts cluster) {}
