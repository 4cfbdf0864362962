package pinfold.scenario.recorded;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * One line of a recorded script file: what to do, and what a real kernel showed. Immutable.
 *
 * @param raced two CPUs' batches held one folio with different requests ({@code R}): more than one outcome is right
 * @param format decides which operations and fields the line has
 * @param seed the seed of the random script, an unsigned 64-bit number; also its name
 * @param mapping what the pages belong to
 * @param pages how many pages the mapping has ({@code n})
 * @param ops the operations in order; the pin of all pages on CPU 0 that follows them is not listed
 * @param expected every field behind {@code ops}, and {@code mov}, by name, in the order of the line
 */
public record RecordedScript(boolean raced, Format format, long seed, Mapping mapping, int pages, List<Op> ops,
    SequencedMap<String, String> expected) {

  /** The two layouts of a line. */
  public enum Format {
    /** {@code scripts-*.txt}: private anonymous memory, faults, touches, madvise and drains. */
    NARROW("RND", "mov pre post rc drain_all lru_add_drain mig_ok mig_fail act deact lazy"),
    /** {@code wide-*.txt}: also shared memory, populate, the mlock family and pins in between. */
    WIDE("RND2",
        "mov pre preref post postref rc drain_all lru_add_drain mig_ok mig_fail act deact culled rescued pinned unpinned");

    private final String tag;
    private final List<String> fields;

    Format(String tag, String fields) {
      this.tag = tag;
      this.fields = List.of(fields.split(" "));
    }

    /** The word that begins a line of this format. */
    public String tag() {
      return tag;
    }

    /** The names of the fields that a line has beside its operations, in order. */
    public List<String> fields() {
      return fields;
    }
  }

  /** What the script's pages belong to. */
  public enum Mapping {
    PRIVATE_ANONYMOUS("A"),
    SHARED_MEMFD("S");

    private final String letter;

    Mapping(String letter) {
      this.letter = letter;
    }

    /** The first item of {@code ops} in a wide script. */
    public String letter() {
      return letter;
    }
  }

  public RecordedScript {
    ops = List.copyOf(ops);
    expected = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(expected));
  }

  /** The {@code ops} item as the file has it, with the mapping's letter in a wide script. */
  public String opsText() {
    String items = ops.stream().map(Op::text).collect(Collectors.joining(","));
    return format == Format.WIDE ? mapping.letter() + (items.isEmpty() ? "" : "," + items) : items;
  }

  /** The whole line as the file has it. */
  public String toLine() {
    StringBuilder line = new StringBuilder(raced ? "R " : "  ");
    line.append(format.tag()).append(" seed=").append(Long.toUnsignedString(seed)).append(" n=").append(pages);
    if (expected.containsKey("mov")) {
      line.append(" mov=").append(expected.get("mov"));
    }
    line.append(" ops=").append(opsText());
    expected.forEach((name, value) -> {
      if (!name.equals("mov")) {
        line.append(' ').append(name).append('=').append(value);
      }
    });
    return line.toString();
  }
}
