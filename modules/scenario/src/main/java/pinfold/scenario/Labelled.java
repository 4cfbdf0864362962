package pinfold.scenario;

import java.util.Locale;

/** A choice that is written in files under another name than its constant in lower case with dashes. */
public interface Labelled {
  /** The word that stands for this choice in a file. */
  String label();

  /** How a choice is written in a file: its label, or {@code PAGE_CACHE} as {@code page-cache}. */
  static String of(Enum<?> choice) {
    return choice instanceof Labelled labelled
        ? labelled.label()
        : choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
