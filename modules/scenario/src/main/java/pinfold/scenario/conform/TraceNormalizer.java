package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pinfold.scenario.recorded.TraceLine;

/** Writes lines so that two machines' can be compared: no times, names or pids, page frames and pointers by first appearance. */
final class TraceNormalizer {
  private static final Pattern PLACE = Pattern.compile("(?<= |^)(?<kind>pfn|folio|page)=(?<value>[^ ]+)");

  private final Map<String, String> names = new LinkedHashMap<>();

  List<String> normalize(List<TraceLine> lines) {
    List<String> result = new ArrayList<>();
    for (TraceLine line : lines) {
      String who = line.byWorker() ? "kworker" : "task";
      result.add(line.isMarker() ? line.fields() : "[%03d] %-7s %s %s: %s"
          .formatted(line.cpu(), who, line.latency(), line.event(), places(line.plainFields())));
    }
    return result;
  }

  private String places(String fields) {
    Matcher matcher = PLACE.matcher(fields);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String kind = matcher.group("kind").equals("pfn") ? "pfn" : "folio";
      String name = names.computeIfAbsent(kind + matcher.group("value"), unseen -> kind.charAt(0) + Long.toString(
          names.keySet().stream().filter(known -> known.startsWith(kind)).count() + 1));
      matcher.appendReplacement(text, matcher.group("kind") + "=" + name);
    }
    return matcher.appendTail(text).toString();
  }
}
