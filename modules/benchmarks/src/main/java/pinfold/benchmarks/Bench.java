package pinfold.benchmarks;

import java.util.List;

/** One named benchmark of {@code pinfold bench}. */
interface Bench {
  String name();

  /** Whether it is among those that run when nobody is named: not if it takes minutes. */
  default boolean byDefault() {
    return true;
  }

  /** Whether it is among those of a quick run. */
  default boolean quick() {
    return byDefault();
  }

  /** Measures; the figures in the order in which the table shows them. */
  List<Figure> run(Effort effort);
}
