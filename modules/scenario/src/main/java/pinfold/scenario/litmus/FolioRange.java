package pinfold.scenario.litmus;

/**
 * Some folios of one name.
 *
 * @param pages which name
 * @param first the first of them, from 0
 * @param count how many
 * @param former not those that the name means now but those that it meant before
 */
public record FolioRange(NamedPages pages, int first, int count, boolean former) {
  /** Name of folio {@code i} of the range. */
  String nameOf(int i) {
    return pages.nameOf(first + i) + (former ? "'" : "");
  }

  @Override
  public String toString() {
    String which = count == pages.count() ? "" : count == 1 ? "[" + first + "]" : "[" + first + ".." + (first + count - 1) + "]";
    return pages.name() + which + (former ? "'" : "");
  }
}
