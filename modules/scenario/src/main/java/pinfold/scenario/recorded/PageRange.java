package pinfold.scenario.recorded;

/** Neighbouring pages of a script's mapping: {@code count} of them from page {@code first}. Written {@code first+count}. */
public record PageRange(int first, int count) {

  public PageRange {
    if (first < 0 || count < 1) {
      throw new IllegalArgumentException("a page range is first+count with first >= 0 and count >= 1, not "
          + first + "+" + count);
    }
  }

  /** The page after the last one. */
  public int end() {
    return first + count;
  }

  @Override
  public String toString() {
    return first + "+" + count;
  }
}
