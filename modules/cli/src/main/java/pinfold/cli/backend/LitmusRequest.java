package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.List;

/**
 * Run litmus files.
 *
 * @param variants run these alone; empty for those that each file names
 */
public record LitmusRequest(List<Path> files, List<String> variants, HostKind host, boolean json) {}
