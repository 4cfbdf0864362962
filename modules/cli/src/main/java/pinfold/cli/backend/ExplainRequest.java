package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import pinfold.experiment.explain.Subject;

/**
 * Explain something of a run.
 *
 * @param scenario a scenario's file, or a result directory
 * @param point of an experiment, from 1
 * @param settings of the scenario, as path=value
 * @param html where to write a page, too
 * @param all long timelines are printed whole
 */
public record ExplainRequest(Path scenario, String variant, long seed, OptionalInt point, Subject subject, List<String> settings,
    Optional<Path> html, boolean all, HostKind host, int threads) {}
