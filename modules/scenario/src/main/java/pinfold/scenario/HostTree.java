package pinfold.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of /proc and /sys of a host: its own, or copies of them below a directory. */
record HostTree(Path root) {
  /** The lines of a file such as {@code proc/zoneinfo}; empty if the host does not have it or does not let us read it. */
  Optional<List<String>> lines(String path) {
    Path file = root.resolve(path);
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The first line of a file, without blanks around it. */
  Optional<String> line(String path) {
    return lines(path).flatMap(lines -> lines.stream().findFirst()).map(String::strip);
  }

  /** The first line of {@code sys/devices/system/node/nodeN/FILE} by node number, of the nodes that have it. */
  TreeMap<Integer, String> ofNodes(String file) {
    TreeMap<Integer, String> found = new TreeMap<>();
    Path nodes = root.resolve("sys/devices/system/node");
    if (!Files.isDirectory(nodes)) {
      return found;
    }
    try (Stream<Path> entries = Files.list(nodes)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.matches("node\\d+")) {
          line("sys/devices/system/node/" + name + "/" + file)
              .ifPresent(text -> found.put(Integer.parseInt(name.substring(4)), text));
        }
      }
    } catch (IOException e) {
      throw new ConfigError(nodes.toString(), 0, "", null, "cannot be read: " + e);
    }
    return found;
  }
}
