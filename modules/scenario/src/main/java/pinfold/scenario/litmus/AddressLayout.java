package pinfold.scenario.litmus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Where the named folios lie in the address space: one behind the other in the order of the file, thp at multiples of 2 MiB. */
final class AddressLayout {
  private static final int HUGE_PAGES = 512;

  private final Map<String, Integer> firstPage = new LinkedHashMap<>();
  private int end;

  AddressLayout(List<NamedPages> names) {
    for (NamedPages pages : names) {
      if (!pages.backing().mapped()) {
        continue;
      }
      if (pages.backing() == NamedPages.Backing.THP) {
        end = alignedEnd();
      }
      firstPage.put(pages.name(), end);
      end += pages.count() * pages.backing().folioPages();
    }
  }

  /** First page of a range. */
  int pageOf(FolioRange range) {
    return firstPage.get(range.pages().name()) + range.first() * range.pages().backing().folioPages();
  }

  /** Pages of a range. */
  int pages(FolioRange range) {
    return range.count() * range.pages().backing().folioPages();
  }

  /** First page behind all of them, a multiple of 2 MiB. */
  int alignedEnd() {
    return (end + HUGE_PAGES - 1) / HUGE_PAGES * HUGE_PAGES;
  }

  /** The names and their first pages. */
  String order() {
    return firstPage.entrySet().stream().map(entry -> entry.getKey() + " at page " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
