package pinfold.scenario.recorded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pinfold.scenario.recorded.RecordedScript.Format;
import pinfold.scenario.recorded.RecordedScript.Mapping;

/** Reads one line: {@code [R] RND|RND2 seed=… n=… mov=… ops=… field=value …}. */
final class RecordedScriptParser {

  private static final List<String> PER_PAGE_FIELDS = List.of("pre", "post", "preref", "postref");

  private final String file;
  private final int lineNumber;
  private final String line;
  private int next;

  RecordedScriptParser(String file, int lineNumber, String line) {
    this.file = file;
    this.lineNumber = lineNumber;
    this.line = line;
  }

  RecordedScript parse() {
    Word word = nextWord("RND or RND2");
    boolean raced = word.text.equals("R");
    if (raced) {
      word = nextWord("RND or RND2");
    }
    Format format = format(word);
    long seed = seed(value(nextWord("seed=<number>"), "seed"));
    Word pagesWord = value(nextWord("n=<number of pages>"), "n");
    int pages = number(pagesWord, 1, Integer.MAX_VALUE, "the number of pages, 1 or more");
    SequencedMap<String, String> expected = new LinkedHashMap<>();
    Word opsWord = null;
    while (hasMore()) {
      Word item = nextWord("name=value");
      int equals = item.text.indexOf('=');
      if (equals < 1) {
        throw error(item, "found \"" + item.text + "\", expected name=value");
      }
      String name = item.text.substring(0, equals);
      Word value = item.from(equals + 1);
      if (name.equals("ops") ? opsWord != null : expected.containsKey(name)) {
        throw error(item, "the field " + name + " is there twice");
      }
      if (name.equals("ops")) {
        opsWord = value;
      } else {
        checkField(name, value, pages);
        expected.put(name, value.text);
      }
    }
    if (opsWord == null) {
      throw error(end(), "the field ops is missing");
    }
    for (String name : format.fields()) {
      if (!expected.containsKey(name)) {
        throw error(end(), "the field " + name + " is missing; a line that begins with " + format.tag() + " has ops and "
            + String.join(", ", format.fields()));
      }
    }
    List<Word> items = opsWord.split();
    Mapping mapping = Mapping.PRIVATE_ANONYMOUS;
    if (format == Format.WIDE) {
      mapping = mapping(items.removeFirst());
    }
    List<Op> ops = new ArrayList<>();
    for (Word item : items) {
      ops.add(new OpParser(item, format, pages).parse());
    }
    return new RecordedScript(raced, format, seed, mapping, pages, ops, expected);
  }

  private Format format(Word word) {
    return Arrays.stream(Format.values()).filter(f -> f.tag().equals(word.text)).findFirst().orElseThrow(
        () -> error(word, "found \"" + word.text
            + "\", expected RND (scripts-*.txt) or RND2 (wide-*.txt), with R before it if raced"));
  }

  private Mapping mapping(Word word) {
    return Arrays.stream(Mapping.values()).filter(m -> m.letter().equals(word.text)).findFirst().orElseThrow(
        () -> error(word, "found \"" + word.text
            + "\", expected A (private anonymous) or S (shared memfd) as the first item of ops in an RND2 line"));
  }

  private long seed(Word word) {
    try {
      return Long.parseUnsignedLong(word.text);
    } catch (NumberFormatException e) {
      throw error(word, "seed is an unsigned 64-bit decimal number, not \"" + word.text + "\"");
    }
  }

  private void checkField(String name, Word value, int pages) {
    if (PER_PAGE_FIELDS.contains(name)) {
      if (value.text.length() != pages || !value.text.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
        throw error(value, name + " has one hexadecimal digit per page, so " + pages + " of them, not \"" + value.text + "\"");
      }
    } else if (!value.text.matches("-?\\d{1,18}")) {
      throw error(value, name + " is a decimal number, not \"" + value.text + "\"");
    }
  }

  private Word value(Word word, String name) {
    if (!word.text.startsWith(name + "=")) {
      throw error(word, "found \"" + word.text + "\", expected " + name + "=<number>");
    }
    return word.from(name.length() + 1);
  }

  private int number(Word word, int lowest, int highest, String what) {
    int number;
    try {
      number = Integer.parseInt(word.text);
    } catch (NumberFormatException e) {
      throw error(word, "found \"" + word.text + "\", expected " + what);
    }
    if (number < lowest || number > highest || !Integer.toString(number).equals(word.text)) {
      throw error(word, "found \"" + word.text + "\", expected " + what);
    }
    return number;
  }

  private boolean hasMore() {
    while (next < line.length() && line.charAt(next) == ' ') {
      next++;
    }
    return next < line.length();
  }

  private Word nextWord(String expected) {
    if (!hasMore()) {
      throw error(end(), "the line ends here, expected " + expected);
    }
    int start = next;
    while (next < line.length() && line.charAt(next) != ' ') {
      next++;
    }
    return new Word(start, line.substring(start, next));
  }

  private Word end() {
    return new Word(line.length(), "");
  }

  private ScriptSyntaxException error(Word word, String message) {
    return new ScriptSyntaxException(file, lineNumber, word.start + 1, message);
  }

  /** Characters of the line and where they begin. */
  private record Word(int start, String text) {

    Word from(int offset) {
      return new Word(start + offset, text.substring(offset));
    }

    Word to(int end) {
      return new Word(start, text.substring(0, end));
    }

    List<Word> split() {
      List<Word> items = new ArrayList<>();
      int from = 0;
      for (int at = 0; at <= text.length(); at++) {
        if (at == text.length() || text.charAt(at) == ',') {
          items.add(from(from).to(at - from));
          from = at + 1;
        }
      }
      return items;
    }
  }

  /** Reads one operation, for example {@code T3:5+1}. */
  private final class OpParser {
    private static final String NARROW_KINDS = "FTLCD";
    private static final String WIDE_KINDS = "FTLCDPMNUEXG";

    private final Word item;
    private final Format format;
    private final int pages;

    OpParser(Word item, Format format, int pages) {
      this.item = item;
      this.format = format;
      this.pages = pages;
    }

    Op parse() {
      String kinds = format == Format.WIDE ? WIDE_KINDS : NARROW_KINDS;
      if (item.text.isEmpty() || kinds.indexOf(item.text.charAt(0)) < 0) {
        throw error(item, "found the operation \"" + item.text + "\", expected one that begins with "
            + String.join(", ", kinds.split("")));
      }
      if (item.text.equals("DA")) {
        return new Op.DrainAll();
      }
      int colon = item.text.indexOf(':');
      int cpuEnd = colon < 0 ? item.text.length() : colon;
      int cpu = number(item.to(cpuEnd).from(1), 0, 3, "a CPU, 0 to 3, after " + item.text.charAt(0));
      char kind = item.text.charAt(0);
      if (colon < 0) {
        return switch (kind) {
          case 'D' -> new Op.DrainCpu(cpu);
          case 'F' -> new Op.FaultAll(cpu);
          default -> throw error(item, "found \"" + item.text + "\", expected pages after the CPU, as in " + kind + cpu + ":"
              + (kind == 'E' ? "5" : kind == 'G' ? "0+1=0" : "0+1"));
        };
      }
      Word rest = item.from(colon + 1);
      return switch (kind) {
        case 'F' -> new Op.Fault(cpu, range(rest));
        case 'T' -> new Op.Touch(cpu, range(rest));
        case 'L' -> new Op.Free(cpu, range(rest));
        case 'C' -> new Op.Cold(cpu, range(rest));
        case 'P' -> new Op.Populate(cpu, range(rest));
        case 'M' -> new Op.Mlock(cpu, range(rest));
        case 'N' -> new Op.MlockOnFault(cpu, range(rest));
        case 'U' -> new Op.Munlock(cpu, range(rest));
        case 'X' -> new Op.DontNeed(cpu, range(rest));
        case 'E' -> new Op.FaultElsewhere(cpu, number(rest, 1, Integer.MAX_VALUE, "a number of pages, 1 or more"));
        case 'G' -> pin(cpu, rest);
        default -> throw error(item, "found \"" + item.text + "\", expected D" + cpu + " without pages");
      };
    }

    private Op pin(int cpu, Word rest) {
      int equals = rest.text.indexOf('=');
      if (equals < 0) {
        throw error(item, "found \"" + item.text + "\", expected the result of the pin too, as in " + item.text + "=0");
      }
      int rc = number(rest.from(equals + 1), -4095, 0, "the result of a pin, 0 or -errno");
      return new Op.Pin(cpu, range(rest.to(equals)), rc);
    }

    private PageRange range(Word word) {
      int plus = word.text.indexOf('+');
      if (plus < 0) {
        throw error(word, "found \"" + word.text
            + "\", expected pages as first+count, for example 0+" + pages);
      }
      int first = number(word.to(plus), 0, pages - 1, "the first page, 0 to " + (pages - 1) + " (n=" + pages + ")");
      int count = number(word.from(plus + 1), 1, pages - first,
          "a number of pages from 1 to " + (pages - first) + " (n=" + pages + ", first page " + first + ")");
      return new PageRange(first, count);
    }
  }
}
