package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Describe a real machine.
 *
 * @param from the directory that holds proc and sys; / for the running host
 * @param to the file to write; empty for standard output
 */
public record ImportRequest(Path from, Optional<Path> to) {}
