package pinfold.cli.backend;

import java.nio.file.Path;
import java.util.Optional;

/** Run a scenario once, under one variant and seed. */
public record RunRequest(Path scenario, String variant, long seed, Optional<TraceRequest> trace, RunOptions options) {}
