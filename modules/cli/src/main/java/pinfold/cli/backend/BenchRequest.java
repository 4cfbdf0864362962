package pinfold.cli.backend;

import java.util.List;

/**
 * Measure this build on this machine.
 *
 * @param names of benchmarks; empty for all
 * @param quick seconds instead of minutes, for figures that are only roughly right
 */
public record BenchRequest(List<String> names, boolean quick, boolean json) {}
