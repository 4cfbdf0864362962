package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pinfold.scenario.ConfigError;
import pinfold.scenario.Nearest;

/** The words of one line, read from left to right. Every error names file, line and word. */
final class Tokens {
  private static final Pattern TOKEN = Pattern.compile(
      "\\s*(!=|<=|>=|[:,=<>*+]|-?[A-Za-z0-9_][A-Za-z0-9_.\\-]*(?:\\[[^\\]\\s]*\\])?'?)");
  private static final Pattern NUMBER = Pattern.compile("-?\\d+");

  private final String file;
  private final int line;
  private final List<String> words = new ArrayList<>();
  private int next;

  Tokens(String file, int line, String text) {
    this.file = file;
    this.line = line;
    Matcher matcher = TOKEN.matcher(text);
    int at = 0;
    while (!text.substring(at).isBlank()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw error("'" + text.substring(at).strip() + "' cannot be read: a line has words, numbers, names such as"
            + " P or R[0..15], and the signs : , = != < <= > >= * +");
      }
      words.add(matcher.group(1));
      at = matcher.end();
    }
  }

  int line() {
    return line;
  }

  boolean done() {
    return next == words.size();
  }

  /** The next word, empty at the end of the line. */
  String peek() {
    return done() ? "" : words.get(next);
  }

  /** Whether a word is on the rest of the line. */
  boolean ahead(String word) {
    return words.subList(next, words.size()).contains(word);
  }

  /** The next word, whatever it is; {@code wanted} says what it should be. */
  String word(String wanted) {
    if (done()) {
      throw error("the line ends where " + wanted + " should be");
    }
    return words.get(next++);
  }

  /** Reads the word if it comes next. */
  boolean take(String word) {
    if (peek().equals(word)) {
      next++;
      return true;
    }
    return false;
  }

  /** Reads this word, which must come next. */
  void expect(String word) {
    if (!take(word)) {
      throw wrong("should be '" + word + "'");
    }
  }

  /** Reads a number between two bounds. */
  long number(String wanted, long least, long most) {
    String word = peek();
    if (!NUMBER.matcher(word).matches() || word.length() > 18) {
      throw wrong("should be " + wanted + ", a number from " + least + " to " + most);
    }
    long value = Long.parseLong(word);
    if (value < least || value > most) {
      throw wrong("should be " + wanted + ", from " + least + " to " + most);
    }
    next++;
    return value;
  }

  /** Whether the next word is a number. */
  boolean numberNext() {
    return NUMBER.matcher(peek()).matches();
  }

  /** Nothing may be left. */
  void end() {
    if (!done()) {
      throw wrong("should not be here: the line is complete without it");
    }
  }

  /** An error at the next word. */
  ConfigError wrong(String problem) {
    return done() ? error("the line ends too early: what comes next " + problem) : error("'" + peek() + "' " + problem);
  }

  /** An error at the next word, which none of the known words is. */
  ConfigError unknown(String wanted, Collection<String> known) {
    String nearest = done() ? "" : Nearest.to(peek(), known).map(word -> "; did you mean " + word + "?").orElse("");
    return wrong("is no " + wanted + nearest + " There are: " + String.join(", ", known));
  }

  ConfigError error(String problem) {
    return new ConfigError(file, line, "", null, problem);
  }
}
