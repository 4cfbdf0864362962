package pinfold.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import pinfold.cli.backend.Fronts;

/** Where a cluster is. */
final class ClusterOptions {
  @Option(names = "--cluster", paramLabel = "HOST:PORT", split = ",",
      description = "A cluster ('pinfold cluster'): addresses (http) of its members, separated by commas. To have it run something one "
          + "will do, and more are for when that one ends; the result is the same. A status is that of all that are named.")
  List<String> cluster = new ArrayList<>();

  @Option(names = "--tls", paramLabel = "FILE",
      description = "With --cluster, where the members have TLS: a settings file as config/cluster-tls.conf, with the key and the "
          + "certificate of whoever runs this command.")
  Path tls;

  Fronts toFronts(Command command) {
    if (tls != null && cluster.isEmpty()) {
      throw command.wrong("--tls belongs to --cluster");
    }
    for (String address : cluster) {
      if (!address.matches(".+:\\d{1,5}")) {
        throw command.wrong("--cluster = '" + address + "' should be HOST:PORT, as 127.0.0.1:7480");
      }
    }
    return new Fronts(List.copyOf(cluster), Optional.ofNullable(tls));
  }
}
