package pinfold.cluster.files;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the files in a run directory, as members tell them to each other: relative, with slashes, and none but those that a run
 * directory has. Whatever else a message names is refused.
 */
final class RunPath {
  private static final Pattern SMALL = Pattern.compile(
      "([0-9a-f]{16})/(?:spec|epoch|failed|result|checkpoints/[0-9]{19}-[0-9]{6}/complete)");
  private static final Pattern STATE = Pattern.compile("([0-9a-f]{16})/checkpoints/[0-9]{19}-[0-9]{6}/group-[0-9]{1,6}\\.state");
  private static final Pattern CHECKPOINT = Pattern.compile("[0-9]{19}-[0-9]{6}");
  private static final Pattern RUN = Pattern.compile("[0-9a-f]{16}");

  /** Results are the largest: what the parts have read, and the series. */
  private static final long MOST_SMALL_BYTES = 1L << 30;
  private static final long MOST_STATE_BYTES = 1L << 40;

  private RunPath() {}

  static boolean isAllowed(String file) {
    return isSmall(file) || isState(file);
  }

  /** One of the files that all members keep. */
  static boolean isSmall(String file) {
    return SMALL.matcher(file).matches();
  }

  /** A file of a group's state. */
  static boolean isState(String file) {
    return STATE.matcher(file).matches();
  }

  static boolean isEpoch(String file) {
    return isSmall(file) && file.endsWith("/epoch");
  }

  static boolean isSpec(String file) {
    return isSmall(file) && file.endsWith("/spec");
  }

  static boolean isComplete(String file) {
    return isSmall(file) && file.endsWith("/complete");
  }

  static boolean isRun(String run) {
    return RUN.matcher(run).matches();
  }

  static boolean isCheckpoint(String checkpoint) {
    return CHECKPOINT.matcher(checkpoint).matches();
  }

  /** The run that an allowed file belongs to. */
  static String run(String file) {
    Matcher small = SMALL.matcher(file);
    Matcher state = STATE.matcher(file);
    if (small.matches()) {
      return small.group(1);
    }
    if (state.matches()) {
      return state.group(1);
    }
    throw new IllegalArgumentException("'" + file + "' is no file of a run directory");
  }

  static long mostBytes(String file) {
    return isState(file) ? MOST_STATE_BYTES : MOST_SMALL_BYTES;
  }

  /** The name of a file below {@code root}. */
  static String of(Path root, Path file) {
    String name = root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
    run(name);
    return name;
  }
}
