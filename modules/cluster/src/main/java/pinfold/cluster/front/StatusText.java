package pinfold.cluster.front;

import java.util.LinkedHashMap;
import java.util.Map;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunState;

/** Status as text: a line per fact, its name, a space, its value. */
final class StatusText {
  private StatusText() {}

  static String of(RunStatus status) {
    return "run " + status.run() + "\nstate " + status.state() + "\nepoch " + status.epoch() + "\nnow_ns " + status.nowNanos()
        + "\nsaved_ns " + status.savedNanos() + "\nrounds " + status.rounds() + "\nwork_done " + status.workDone() + "\nmembers "
        + status.members() + "\nmessage " + status.message().replaceAll("\\R", " ") + "\n";
  }

  /** @throws IllegalArgumentException if it is no such text */
  static RunStatus read(String text) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      int space = line.indexOf(' ');
      if (space < 0) {
        throw new IllegalArgumentException("not a status: " + line);
      }
      facts.put(line.substring(0, space), line.substring(space + 1));
    }
    return new RunStatus(facts.get("run"), RunState.valueOf(facts.get("state")), Integer.parseInt(facts.get("epoch")),
        Long.parseLong(facts.get("now_ns")), Long.parseLong(facts.get("saved_ns")), Long.parseLong(facts.get("rounds")),
        Double.parseDouble(facts.get("work_done")), Integer.parseInt(facts.get("members")), facts.get("message"));
  }

  static String of(ClusterNode node) {
    StringBuilder text = new StringBuilder("self " + node.address() + "\nbuild " + node.build() + "\n");
    node.members().forEach(member -> text.append("member ").append(member).append('\n'));
    node.unreachable().forEach(member -> text.append("unreachable ").append(member).append('\n'));
    node.parts().forEach(part -> text.append("part run=").append(part.run()).append(" epoch=").append(part.epoch()).append(" part=")
        .append(part.part()).append(" of=").append(part.parts()).append(" groups=").append(part.groups().size()).append(" now_ns=")
        .append(part.nowNanos()).append(" rounds=").append(part.rounds()).append('\n'));
    return text.toString();
  }
}
