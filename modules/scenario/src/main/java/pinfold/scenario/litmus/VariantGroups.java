package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names for several variants: the recorded builds, and the groups that a file makes itself. */
final class VariantGroups {
  private final Collection<String> known;
  private final Map<String, Set<String>> groups = new LinkedHashMap<>();

  /** @param known names of all variants */
  VariantGroups(Collection<String> known) {
    this.known = known;
    groups.put("A", Set.of("linux-6.12-before-33dfe"));
    groups.put("B", Set.of("linux-6.12.43"));
    groups.put("C1", Set.of("linux-6.12.57"));
    groups.put("C2", Set.of("linux-6.12.117"));
  }

  /** Reads {@code NAME = A, linux-6.10}. */
  void define(Tokens tokens) {
    if (known.contains(tokens.peek())) {
      throw tokens.wrong("is a variant and cannot be a group too");
    }
    String name = tokens.word("the name of a group");
    tokens.expect("=");
    groups.put(name, list(tokens));
  }

  /** Groups and variants with commas between. */
  Set<String> list(Tokens tokens) {
    Set<String> variants = new LinkedHashSet<>();
    do {
      Set<String> group = groups.get(tokens.peek());
      if (group != null) {
        variants.addAll(group);
      } else if (known.contains(tokens.peek())) {
        variants.add(tokens.peek());
      } else {
        List<String> all = new ArrayList<>(groups.keySet());
        all.addAll(known);
        throw tokens.unknown("variant or group of variants", all);
      }
      tokens.word("a variant");
    } while (tokens.take(","));
    return variants;
  }
}
