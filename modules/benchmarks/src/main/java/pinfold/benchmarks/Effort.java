package pinfold.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How much of it, and who is told.
 *
 * @param quick seconds instead of minutes
 * @param home the directory that holds {@code config/}
 * @param build version and commit
 * @param progress takes a line about what is being measured
 * @param cancelled whether the user has had enough
 */
record Effort(boolean quick, Path home, String build, Consumer<String> progress, BooleanSupplier cancelled) {
  int choose(int quickly, int thoroughly) {
    return quick ? quickly : thoroughly;
  }

  void says(String line) {
    progress.accept(line);
  }

  /** Ends the benchmark at the next occasion. */
  void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancelledException();
    }
  }

  static double median(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Thrown where a benchmark ends early. */
  static final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
