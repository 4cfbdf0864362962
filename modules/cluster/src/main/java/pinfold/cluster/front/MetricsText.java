package pinfold.cluster.front;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import pinfold.cluster.front.Metrics.Sample;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.PartStatus;
import pinfold.cluster.member.RunReport;
import pinfold.cluster.member.RunState;
import pinfold.cluster.wire.ClusterSerializer;

/**
 * A member's figures in Prometheus' text format: of the member itself, of its parts of runs, and, on the member that has the manager, of
 * the runs. {@code pinfold cluster status} shows these and computes nothing of its own.
 */
final class MetricsText {
  private static final List<RunState> STATES = List.of(RunState.PLACING, RunState.RUNNING, RunState.DONE, RunState.FAILED);

  private final StringBuilder text = new StringBuilder();

  private MetricsText() {}

  static String of(ClusterNode node) {
    MetricsText metrics = new MetricsText();
    metrics.member(node);
    metrics.jvm();
    metrics.parts(node.parts());
    metrics.runs(node.runs());
    return metrics.text.toString();
  }

  private void member(ClusterNode node) {
    head("pinfold_member_info", "gauge", "This member: where others reach it, its build, its process.");
    value("pinfold_member_info", 1, "member", node.address(), "build", node.build(), "pid",
        Long.toString(ProcessHandle.current().pid()));
    head("pinfold_member_state", "gauge", "Members as this one sees them, 1 for the state that each is in.");
    List<String> unreachable = node.unreachable();
    for (String member : Stream.concat(node.members().stream(), unreachable.stream()).distinct().sorted().toList()) {
      boolean answers = !unreachable.contains(member);
      value("pinfold_member_state", answers ? 1 : 0, "member", member, "state", "up");
      value("pinfold_member_state", answers ? 0 : 1, "member", member, "state", "unreachable");
    }
    head("pinfold_sent_bytes_total", "counter", "Bytes of messages to other members, of all kinds.");
    value("pinfold_sent_bytes_total", ClusterSerializer.bytesWritten());
  }

  private void jvm() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    head("pinfold_heap_used_bytes", "gauge", "Java heap in use.");
    value("pinfold_heap_used_bytes", heap.getUsed());
    head("pinfold_heap_max_bytes", "gauge", "Java heap at most.");
    value("pinfold_heap_max_bytes", heap.getMax());
    head("pinfold_gc_seconds_total", "counter", "Wall time of garbage collections.");
    value("pinfold_gc_seconds_total", collectors.stream().mapToLong(gc -> Math.max(0, gc.getCollectionTime())).sum() / 1e3);
    head("pinfold_gc_collections_total", "counter", "Garbage collections.");
    value("pinfold_gc_collections_total", collectors.stream().mapToLong(gc -> Math.max(0, gc.getCollectionCount())).sum());
    head("pinfold_uptime_seconds", "gauge", "Wall time since this member's JVM started.");
    value("pinfold_uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
  }

  private void parts(List<PartStatus> parts) {
    head("pinfold_group", "gauge", "1 for each group of a run that is on this member.");
    for (PartStatus part : parts) {
      part.groups().forEach(group -> value("pinfold_group", 1, labels(part, "group", Integer.toString(group))));
    }
    each(parts, "pinfold_epoch", "gauge", "How often the run was begun; counters of its parts begin anew with each.", PartStatus::epoch);
    each(parts, "pinfold_simulated_seconds", "gauge", "Simulated time that this part has reached.", part -> part.nowNanos() / 1e9);
    each(parts, "pinfold_rounds_total", "counter", "Rounds: windows of simulated time that all parts ran together.", PartStatus::rounds);
    each(parts, "pinfold_windows_total", "counter", "Windows within the rounds of this part alone.", PartStatus::windows);
    each(parts, "pinfold_events_total", "counter", "Events that the entities of this part handled.", PartStatus::events);
    each(parts, "pinfold_round_bytes_total", "counter", "Bytes of this part's messages between rounds, as they were written.",
        PartStatus::sentBytes);
    each(parts, "pinfold_round_messages_total", "counter", "Messages of this part between rounds.", PartStatus::sentMessages);
    each(parts, "pinfold_asked_again_total", "counter", "Times that this part asked another for a message again.",
        PartStatus::askedAgain);
    each(parts, "pinfold_busy_seconds_total", "counter", "Wall time that this part did not wait for others.",
        part -> part.busyNanos() / 1e9);
    each(parts, "pinfold_waited_seconds_total", "counter", "Wall time that this part waited for others.",
        part -> part.waitedNanos() / 1e9);
    each(parts, "pinfold_waiting_seconds", "gauge", "Lag: wall time that this part has been waiting for others now, 0 if it is not.",
        part -> part.waitingNanos() / 1e9);
    each(parts, "pinfold_checkpoint_seconds_total", "counter", "Wall time that this part wrote states of checkpoints.",
        part -> part.savingNanos() / 1e9);
    each(parts, "pinfold_checkpoint_bytes_total", "counter", "Bytes of states that this part wrote.", PartStatus::savedBytes);
  }

  private void each(List<PartStatus> parts, String name, String type, String help, ToDoubleFunction<PartStatus> value) {
    head(name, type, help);
    parts.forEach(part -> value(name, value.applyAsDouble(part), labels(part)));
  }

  private static String[] labels(PartStatus part, String... more) {
    List<String> labels = new ArrayList<>(List.of("run", part.run(), "part", Integer.toString(part.part())));
    labels.addAll(List.of(more));
    return labels.toArray(String[]::new);
  }

  /** Of the member that has the manager; the others have no samples of these. */
  private void runs(List<RunReport> runs) {
    head("pinfold_run_info", "gauge", "A run that this member manages.");
    runs.forEach(run -> value("pinfold_run_info", 1, "run", run.run(), "scenario", run.scenario(), "variant", run.variant(), "seed",
        Long.toString(run.seed())));
    head("pinfold_run_state", "gauge", "1 for the state that a run is in.");
    for (RunReport run : runs) {
      STATES.forEach(state -> value("pinfold_run_state", run.state() == state ? 1 : 0, "run", run.run(), "state",
          state.name().toLowerCase(Locale.ROOT)));
    }
    of(runs, "pinfold_run_epoch", "gauge", "How often the run was begun.", RunReport::epoch);
    of(runs, "pinfold_run_members", "gauge", "Members that have a part of the run.", RunReport::members);
    of(runs, "pinfold_run_groups", "gauge", "Groups of the run.", RunReport::groups);
    of(runs, "pinfold_run_simulated_seconds", "gauge", "Simulated time of the run.", run -> run.nowNanos() / 1e9);
    of(runs.stream().filter(run -> run.share() >= 0).toList(), "pinfold_run_progress_ratio", "gauge",
        "Share of the run's work that is done.", RunReport::share);
    List<RunReport> active = runs.stream().filter(run -> run.state() == RunState.RUNNING).toList();
    of(active, "pinfold_run_windows_per_second", "gauge", "Rounds per second of wall time, lately.", RunReport::windowsPerSecond);
    of(active, "pinfold_run_bytes_per_window", "gauge", "Bytes that all parts send per round.", RunReport::bytesPerWindow);
    of(active.stream().filter(run -> run.imbalance() > 0).toList(), "pinfold_run_imbalance_ratio", "gauge",
        "Busy time of the busiest part over the mean of all parts; 1 is even.", RunReport::imbalance);
    of(runs, "pinfold_run_checkpoints_total", "counter", "Complete checkpoints that this manager had made.", RunReport::checkpoints);
    List<RunReport> saved = runs.stream().filter(run -> run.checkpoint() != null).toList();
    of(saved, "pinfold_run_checkpoint_bytes", "gauge", "Bytes that were written for the last complete checkpoint.",
        run -> run.checkpoint().bytes());
    of(saved, "pinfold_run_checkpoint_duration_seconds", "gauge", "Wall time from asking for the last checkpoint until it was complete.",
        run -> run.checkpoint().wallNanos() / 1e9);
    of(saved, "pinfold_run_checkpoint_timestamp_seconds", "gauge", "When the last checkpoint was complete, since 1970.",
        run -> run.checkpoint().completedMillis() / 1e3);
    of(saved, "pinfold_run_checkpoint_age_seconds", "gauge", "Wall time since the last checkpoint was complete.",
        run -> Math.max(0, System.currentTimeMillis() - run.checkpoint().completedMillis()) / 1e3);
  }

  private void of(List<RunReport> runs, String name, String type, String help, ToDoubleFunction<RunReport> value) {
    head(name, type, help);
    runs.forEach(run -> value(name, value.applyAsDouble(run), "run", run.run()));
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** @param labels names and values in turn */
  private void value(String name, double value, String... labels) {
    text.append(new Sample(name, Metrics.labels(labels), value).line()).append('\n');
  }
}
