package pinfold.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An experiment over a very small VM start, whose runs take a few hundredths of a second. */
public final class SmallStart {
  public static final Path CONFIG = Path.of("..", "..", "config");
  private static final List<String> SMALL = List.of("vms.vm.memory-mib=4", "memory-in-use.anonymous-per-node-mib=8",
      "memory-in-use.page-cache-per-node-mib=8", "machine.memory-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4");

  private SmallStart() {}

  public static Experiment experiment() {
    return Experiment.of("vm-start").configuration(CONFIG).question("Does it start?").set(SMALL.toArray(String[]::new))
        .variants("linux-6.10", "linux-6.12").measures("success", "vm-start-ms", "drain-alls").seeds(2);
  }

  /** All files below a directory but its lock, by name. */
  public static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file).toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }
}
