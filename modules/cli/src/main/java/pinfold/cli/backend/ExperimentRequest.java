package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Run an experiment, or go on with it.
 *
 * @param experiment its file, or its name
 * @param out where results go; empty for results/NAME in the working directory
 * @param threads runs at the same time, 0 for one per processor
 * @param cluster which does them; none: this program does
 * @param serve port of the page that shows the work
 */
public record ExperimentRequest(String experiment, Optional<Path> out, int threads, Fronts cluster, OptionalInt serve) {}
