package pinfold.experiment.results;

import java.util.List;
import java.util.Map;

/**
 * What it takes to run a result again, and what became of it. Written last, as {@code manifest.json}: a directory that
 * has one is a whole result.
 *
 * @param format always {@link #FORMAT}
 * @param formatVersion of the directory's layout, {@link #FORMAT_VERSION} when written by this build
 * @param build version and commit of Pinfold
 * @param command arguments as typed
 * @param scenario file name
 * @param variants compared, in the report's order
 * @param seeds in order
 * @param host {@code actors} or {@code sequential}
 * @param complete false if it was cancelled or runs failed, and these parts are missing
 * @param digests by variant and seed, for comparing two results without reading them
 * @param environment where it was computed
 */
public record Manifest(
    String format,
    int formatVersion,
    String build,
    List<String> command,
    String scenario,
    List<String> variants,
    List<Long> seeds,
    String host,
    boolean complete,
    Map<String, String> digests,
    Environment environment) {
  public static final String FORMAT = "pinfold-result";
  public static final int FORMAT_VERSION = 1;
  /** File name within the result directory. */
  public static final String FILE = "manifest.json";

  /** A manifest in this build's format, computed in this JVM. */
  public static Manifest of(String build, List<String> command, String scenario, List<String> variants, List<Long> seeds,
      String host, boolean complete, Map<String, String> digests) {
    return new Manifest(FORMAT, FORMAT_VERSION, build, List.copyOf(command), scenario, List.copyOf(variants),
        List.copyOf(seeds), host, complete, digests, Environment.current());
  }
}
