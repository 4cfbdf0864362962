package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;

/**
 * Run a scenario under several variants and seeds.
 *
 * @param variants in the order of the report; empty for the scenario's own choice
 * @param seeds how many, from 1 up; 0 for the scenario's own choice
 */
public record CompareRequest(Path scenario, List<String> variants, int seeds, RunOptions options) {}
