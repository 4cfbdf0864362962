package pinfold.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One zone as /proc/zoneinfo prints it (mm/vmstat.c:zoneinfo_show_print, 6.1 and 6.12).
 *
 * @param node its node
 * @param name as in {@code DMA32}
 * @param fields first value of every named line: {@code managed}, {@code nr_free_cma}, {@code start_pfn} ...
 * @param protection pages kept from requests that may use a higher zone, by the position of that zone in the node
 * @param pcpPages pages on the per-CPU lists of all CPUs, which "pages free" does not count
 */
record HostZone(int node, String name, Map<String, Long> fields, List<Long> protection, long pcpPages) {
  private static final Pattern HEAD = Pattern.compile("Node (\\d+), zone\\s+(\\S+)");
  private static final Pattern FIELD = Pattern.compile("\\s+(?:pages )?([a-z_A-Z]+):?\\s+(\\d+)");
  private static final Pattern PROTECTION = Pattern.compile("\\s+protection: \\((.*)\\)");

  /** The value of a line, 0 if the kernel does not print it. */
  long field(String field) {
    return fields.getOrDefault(field, 0L);
  }

  /** Every zone of the text, empty ones too, in its order. */
  static List<HostZone> parse(List<String> zoneinfo) {
    List<HostZone> zones = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= zoneinfo.size(); i++) {
      if (i == zoneinfo.size() || HEAD.matcher(zoneinfo.get(i)).lookingAt()) {
        Matcher head = HEAD.matcher(zoneinfo.get(start));
        if (head.lookingAt()) {
          zones.add(zone(Integer.parseInt(head.group(1)), head.group(2), zoneinfo.subList(start + 1, i)));
        }
        start = i;
      }
    }
    return zones;
  }

  private static HostZone zone(int node, String name, List<String> lines) {
    Map<String, Long> fields = new TreeMap<>();
    List<Long> protection = new ArrayList<>();
    long pcp = 0;
    boolean inNodeStats = false;
    for (String line : lines) {
      Matcher field = FIELD.matcher(line);
      Matcher reserved = PROTECTION.matcher(line);
      if (line.contains("per-node stats")) {
        inNodeStats = true;
      } else if (line.contains("pages free")) {
        inNodeStats = false;
      }
      if (reserved.lookingAt()) {
        for (String pages : reserved.group(1).split(",")) {
          protection.add(Long.parseLong(pages.strip()));
        }
      } else if (!inNodeStats && field.matches()) {
        long value = Long.parseLong(field.group(2));
        if (field.group(1).equals("count")) {
          pcp += value;
        } else {
          fields.putIfAbsent(field.group(1), value);
        }
      }
    }
    return new HostZone(node, name, fields, protection, pcp);
  }
}
