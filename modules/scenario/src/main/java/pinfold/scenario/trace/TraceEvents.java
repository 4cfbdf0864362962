package pinfold.scenario.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRequest;
import pinfold.scenario.ConfigError;
import pinfold.scenario.Nearest;

/**
 * Finds the events that a user names: {@code mm_lru_insertion}, {@code pagemap:mm_lru_insertion}, {@code kmem:*}, {@code k_*},
 * {@code all}.
 */
public final class TraceEvents {
  private TraceEvents() {}

  /** All events by name, in the order of their systems. */
  public static List<String> names() {
    return Arrays.stream(TraceEvent.values()).map(TraceEvent::eventName).toList();
  }

  /**
   * What a user asks for.
   *
   * @param fromNanos first simulated instant
   * @param toNanos first simulated instant no longer traced
   * @param pfn the only page frame, empty for all
   * @throws ConfigError for a word that names no event and a page frame that no machine has
   */
  public static TraceRequest request(List<String> words, long fromNanos, long toNanos, OptionalLong pfn) {
    if (pfn.isPresent() && (pfn.getAsLong() < 0 || pfn.getAsLong() >= PfnRange.PFN_LIMIT)) {
      throw new ConfigError("--pfn", 0, "pfn", Long.toString(pfn.getAsLong()),
          "page frames are numbered from 0 to " + (PfnRange.PFN_LIMIT - 1));
    }
    return new TraceRequest(named(words), fromNanos, toNanos, pfn.isEmpty() ? List.of() : List.of((int) pfn.getAsLong()),
        TraceRequest.DEFAULT_MAX_RECORDS);
  }

  /**
   * The events that the words name, each at least one.
   *
   * @throws ConfigError for a word that names none
   */
  public static Set<TraceEvent> named(List<String> words) {
    Set<TraceEvent> found = EnumSet.noneOf(TraceEvent.class);
    for (String word : words) {
      List<TraceEvent> events = matching(word.strip());
      if (events.isEmpty()) {
        String nearest = Nearest.to(word.substring(word.indexOf(':') + 1), names()).orElseThrow();
        throw new ConfigError("--trace", 0, "event", word, "there is no such event; did you mean " + nearest + "? There are "
            + String.join(", ", names()) + ", SYSTEM:EVENT, * for any part of a name, and all");
      }
      found.addAll(events);
    }
    return found;
  }

  private static List<TraceEvent> matching(String word) {
    if (word.equals("all")) {
      return List.of(TraceEvent.values());
    }
    String pattern = Arrays.stream(word.split("\\*", -1)).map(Pattern::quote).reduce((a, b) -> a + ".*" + b).orElse("");
    Pattern compiled = Pattern.compile(pattern);
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event : TraceEvent.values()) {
      String name = word.indexOf(':') < 0 ? event.eventName() : event.system() + ":" + event.eventName();
      if (compiled.matcher(name).matches()) {
        events.add(event);
      }
    }
    return events;
  }
}
