package pinfold.scenario;

/** What anonymous memory is made of. */
public enum PageSize implements Labelled {
  SMALL_4K("4K"),
  /** Transparent huge pages. */
  HUGE_2M("2M");

  private final String label;

  PageSize(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
