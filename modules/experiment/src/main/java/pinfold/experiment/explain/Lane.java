package pinfold.experiment.explain;

/**
 * An actor of the simulated machine, as a lane of a sequence chart.
 *
 * @param number which of its kind, 0 where there is one
 */
public record Lane(Kind kind, int number) implements Comparable<Lane> {
  /** What there is, from left to right. */
  public enum Kind {
    DRAIN("lru_add_drain_all"), CPU("CPU "), NODE("node "), ZONE("zone "), SPACE("page tables");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** The one that drains all CPUs. */
  public static final Lane DRAIN = new Lane(Kind.DRAIN, 0);

  /** Page tables, of whichever address space. */
  public static final Lane SPACE = new Lane(Kind.SPACE, 0);

  static Lane cpu(int number) {
    return new Lane(Kind.CPU, number);
  }

  static Lane node(int number) {
    return new Lane(Kind.NODE, number);
  }

  static Lane zone(int number) {
    return new Lane(Kind.ZONE, number);
  }

  /** What its head says. */
  public String title() {
    return kind.text.endsWith(" ") ? kind.text + number : kind.text;
  }

  @Override
  public int compareTo(Lane other) {
    return kind != other.kind ? kind.compareTo(other.kind) : Integer.compare(number, other.number);
  }
}
