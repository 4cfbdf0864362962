package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Go on with a run on a cluster.
 *
 * @param run its name, 16 hexadecimal digits
 * @param cluster at least one address
 * @param out where to leave a result directory
 * @param json print JSON on standard output instead of tables
 */
public record ResumeRequest(String run, Fronts cluster, Optional<Path> out, boolean json) {}
