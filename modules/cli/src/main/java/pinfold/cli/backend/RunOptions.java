package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import pinfold.kernel.check.CheckLevel;

/**
 * What every command that simulates understands.
 *
 * @param settings scenario settings by path, in the order given; they win over the file
 * @param threads of the actor host; 0 for one per processor
 * @param out where to leave a result directory
 * @param json print JSON on standard output instead of tables
 */
public record RunOptions(
    Map<String, String> settings, HostKind host, int threads, CheckLevel check, Optional<Path> out, boolean json) {}
