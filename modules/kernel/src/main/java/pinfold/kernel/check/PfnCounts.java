package pinfold.kernel.check;

import java.util.Arrays;

/** A number for each page, 0 at first; memory for those that were ever counted, cleared in the time that counting took. */
final class PfnCounts {
  private static final int SHIFT = 8;
  private static final int MASK = (1 << SHIFT) - 1;

  private int[][] sections = new int[1024][];
  private int[] touched = new int[64];
  private int touchedCount;
  private boolean[] isTouched = new boolean[1024];

  int get(int pfn) {
    int section = pfn >>> SHIFT;
    return section < sections.length && isTouched[section] ? sections[section][pfn & MASK] : 0;
  }

  void add(int pfn, int count) {
    int index = pfn >>> SHIFT;
    if (index >= sections.length) {
      sections = Arrays.copyOf(sections, Math.max(2 * sections.length, index + 1));
      isTouched = Arrays.copyOf(isTouched, sections.length);
    }
    if (!isTouched[index]) {
      touch(index);
    }
    sections[index][pfn & MASK] += count;
  }

  void set(int pfn, int count) {
    int now = get(pfn);
    if (now != count) {
      add(pfn, count - now);
    }
  }

  private void touch(int index) {
    isTouched[index] = true;
    if (touchedCount == touched.length) {
      touched = Arrays.copyOf(touched, 2 * touchedCount);
    }
    touched[touchedCount++] = index;
    if (sections[index] == null) {
      sections[index] = new int[MASK + 1];
    }
  }

  /** Calls {@code visitor} for every page whose number is not 0, in no particular order. */
  void forEach(Visitor visitor) {
    for (int t = 0; t < touchedCount; t++) {
      int[] section = sections[touched[t]];
      for (int i = 0; i <= MASK; i++) {
        if (section[i] != 0) {
          visitor.visit(touched[t] << SHIFT | i, section[i]);
        }
      }
    }
  }

  void clear() {
    for (int t = 0; t < touchedCount; t++) {
      Arrays.fill(sections[touched[t]], 0);
      isTouched[touched[t]] = false;
    }
    touchedCount = 0;
  }

  /** Takes a page and its number. */
  @FunctionalInterface
  interface Visitor {
    void visit(int pfn, int count);
  }
}
