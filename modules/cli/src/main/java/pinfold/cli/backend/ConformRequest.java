package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Compare with recordings of a real kernel.
 *
 * @param variant compare with this one; empty for the one each file was recorded on
 */
public record ConformRequest(List<Path> files, Optional<String> variant, boolean json) {}
