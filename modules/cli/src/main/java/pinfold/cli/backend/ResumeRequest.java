package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Go on with a run on a cluster.
 *
 * @param run its name, 16 hexadecimal digits
 * @param cluster addresses of members, at least one
 * @param out where to leave a result directory
 * @param json print JSON on standard output instead of tables
 */
public record ResumeRequest(String run, List<String> cluster, Optional<Path> out, boolean json) {}
