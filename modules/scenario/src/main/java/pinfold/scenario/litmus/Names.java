package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The folios that a file has named so far, and how they are referred to. */
final class Names {
  private static final Pattern REFERENCE = Pattern.compile("(\\w+)(?:\\[(\\d{1,7})(?:\\.\\.(\\d{1,7}))?\\])?(')?");

  private final Map<String, NamedPages> byName = new LinkedHashMap<>();

  void add(NamedPages pages) {
    byName.put(pages.name(), pages);
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  List<NamedPages> all() {
    return List.copyOf(byName.values());
  }

  /** {@code P}, {@code R[3]}, {@code R[0..15]}, {@code P'}, several with commas between. */
  List<FolioRange> list(Tokens tokens) {
    List<FolioRange> ranges = new ArrayList<>();
    do {
      ranges.add(one(tokens));
    } while (tokens.take(","));
    return ranges;
  }

  /** One reference. */
  FolioRange one(Tokens tokens) {
    Matcher reference = REFERENCE.matcher(tokens.peek());
    if (!reference.matches()) {
      throw tokens.wrong("should name folios, such as P, R[3] or R[0..15]");
    }
    NamedPages pages = byName.get(reference.group(1));
    if (pages == null) {
      throw tokens.unknown("name of folios", byName.keySet());
    }
    boolean all = reference.group(2) == null;
    int first = all ? 0 : Integer.parseInt(reference.group(2));
    int last = all ? pages.count() - 1 : reference.group(3) == null ? first : Integer.parseInt(reference.group(3));
    if (last < first || last >= pages.count()) {
      throw tokens.wrong("reaches beyond " + pages.name() + ", which has folios 0 to " + (pages.count() - 1));
    }
    tokens.word("");
    return new FolioRange(pages, first, last - first + 1, reference.group(4) != null);
  }

  /** What a batch or a trace names: {@code empty}, or references one after the other, each perhaps {@code *14}. */
  List<String> entries(Tokens tokens) {
    List<String> entries = new ArrayList<>();
    if (tokens.take("empty")) {
      return entries;
    }
    do {
      FolioRange range = one(tokens);
      long times = tokens.take("*") ? tokens.number("how often", 1, 100_000) : 1;
      for (long time = 0; time < times; time++) {
        for (int i = 0; i < range.count(); i++) {
          entries.add(range.nameOf(i));
        }
      }
    } while (!tokens.done() && !tokens.peek().equals(","));
    return entries;
  }
}
