package pinfold.cluster.front;

import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.PartStatus;
import pinfold.cluster.wire.ClusterSerializer;

/** A member's figures in Prometheus' text format. */
final class MetricsText {
  private final StringBuilder text = new StringBuilder();

  private MetricsText() {}

  static String of(ClusterNode node) {
    MetricsText metrics = new MetricsText();
    metrics.head("pinfold_members_up", "gauge", "Members of the cluster that are up, as this one sees them.");
    metrics.value("pinfold_members_up", "", node.members().size());
    metrics.head("pinfold_bytes_sent_total", "counter", "Bytes of messages to other members.");
    metrics.value("pinfold_bytes_sent_total", "", ClusterSerializer.bytesWritten());
    metrics.head("pinfold_heap_used_bytes", "gauge", "Java heap in use.");
    metrics.value("pinfold_heap_used_bytes", "", Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    metrics.head("pinfold_heap_max_bytes", "gauge", "Java heap at most.");
    metrics.value("pinfold_heap_max_bytes", "", Runtime.getRuntime().maxMemory());
    metrics.head("pinfold_rounds_total", "counter", "Rounds of this part in this epoch.");
    node.parts().forEach(part -> metrics.value("pinfold_rounds_total", labels(part), part.rounds()));
    metrics.head("pinfold_windows_total", "counter", "Windows within rounds.");
    node.parts().forEach(part -> metrics.value("pinfold_windows_total", labels(part), part.windows()));
    metrics.head("pinfold_events_total", "counter", "Events that entities of this part handled.");
    node.parts().forEach(part -> metrics.value("pinfold_events_total", labels(part), part.events()));
    metrics.head("pinfold_simulated_nanoseconds", "gauge", "Simulated time of the run.");
    node.parts().forEach(part -> metrics.value("pinfold_simulated_nanoseconds", labels(part), part.nowNanos()));
    metrics.head("pinfold_waited_share", "gauge", "Share of wall time that this part waited for others.");
    node.parts().forEach(part -> metrics.value("pinfold_waited_share", labels(part), part.waitedShare()));
    metrics.head("pinfold_checkpoint_seconds_total", "counter", "Wall time spent on writing checkpoints.");
    node.parts().forEach(part -> metrics.value("pinfold_checkpoint_seconds_total", labels(part), part.savingNanos() / 1e9));
    metrics.head("pinfold_checkpoint_bytes_total", "counter", "Bytes of checkpoints written.");
    node.parts().forEach(part -> metrics.value("pinfold_checkpoint_bytes_total", labels(part), part.savedBytes()));
    return metrics.text.toString();
  }

  private static String labels(PartStatus part) {
    return "{run=\"" + part.run() + "\",part=\"" + part.part() + "\"}";
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void value(String name, String labels, double value) {
    text.append(name).append(labels).append(' ').append(value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value))
        .append('\n');
  }
}
