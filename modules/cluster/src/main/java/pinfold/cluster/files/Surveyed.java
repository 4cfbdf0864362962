package pinfold.cluster.files;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the members that are up have.
 *
 * @param epochsElsewhere by run: the greatest epoch in another directory than this member's
 * @param has whether a file is in any of their directories
 */
public record Surveyed(SortedMap<String, Integer> epochsElsewhere, Predicate<Path> has) {
  /** There are no directories elsewhere, and whether a file is there shows when it is read. */
  static final Surveyed ONE_DIRECTORY = new Surveyed(new TreeMap<>(Map.of()), file -> true);

  /** 0 where no other directory knows the run. */
  public int epochElsewhere(String run) {
    return epochsElsewhere.getOrDefault(run, 0);
  }
}
