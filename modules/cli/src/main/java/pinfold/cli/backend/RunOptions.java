package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import pinfold.kernel.check.CheckLevel;

/**
 * What every command that simulates understands.
 *
 * @param settings of the scenario, as path=value, in the order given; they win over the file
 * @param threads of the actor host; 0 for one per processor
 * @param out where to leave a result directory
 * @param cluster which runs it; none: this program does
 * @param spread what the cluster spreads over its members
 * @param json print JSON on standard output instead of tables
 * @param serve port of the page that shows the work
 */
public record RunOptions(
    List<String> settings, HostKind host, int threads, CheckLevel check, Optional<Path> out, Fronts cluster, Spread spread,
    boolean json, OptionalInt serve) {}
