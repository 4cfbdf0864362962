package pinfold.cli.backend;

import java.util.List;
import java.util.OptionalLong;

/**
 * Write ftrace text.
 *
 * @param events names of tracepoints
 * @param fromNanos first simulated instant
 * @param toNanos first simulated instant no longer traced
 * @param pfn the only folio to trace
 */
public record TraceRequest(List<String> events, long fromNanos, long toNanos, OptionalLong pfn) {}
