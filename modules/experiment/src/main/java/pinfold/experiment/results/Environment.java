package pinfold.experiment.results;

/**
 * Where a result was computed. It explains speed; it cannot explain a result, which depends on scenario, variant and seed.
 *
 * @param jvm vendor's version string
 * @param os name, version and architecture
 * @param processors that the JVM may use
 * @param maxHeapBytes what the JVM's heap may grow to
 */
public record Environment(String jvm, String os, int processors, long maxHeapBytes) {
  /** This JVM's. */
  public static Environment current() {
    return new Environment(
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory());
  }
}
