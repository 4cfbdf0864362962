package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.reclaim.ThpDefrag;
import pinfold.scenario.ConfigError;
import pinfold.scenario.Labelled;
import pinfold.scenario.litmus.Line.Advance;
import pinfold.scenario.litmus.Line.Expect;
import pinfold.scenario.litmus.Line.Mark;
import pinfold.scenario.litmus.Line.Step;
import pinfold.scenario.litmus.Line.Together;
import pinfold.scenario.litmus.NamedPages.Backing;
import pinfold.scenario.litmus.NamedPages.Start;

/** Reads the text of a litmus test, line by line; the format is docs/litmus.md. */
public final class LitmusParser {
  /** The only version of the format. */
  public static final int FORMAT = 1;

  private static final List<String> HEADERS = List.of("litmus", "title", "source", "machine", "swap", "lru", "node-reclaim", "thp-defrag",
      "kcompactd", "group", "variants",
      "pages");
  private static final List<String> LINES = List.of("cpu", "every", "at", "advance", "mark", "expect");
  private static final int MOST_PAGES = 1 << 22;
  private static final int PAGE_BYTES = 4096;
  private static final long MOST_SWAP_BYTES = 64L << 30;

  private final String file;
  private final VariantGroups groups;
  private final Names names = new Names();
  private final List<String> sources = new ArrayList<>();
  private final Set<String> variants = new LinkedHashSet<>();
  private final List<Line> lines = new ArrayList<>();
  private boolean started;
  private String title;
  private MachineShape machine;
  private int swapPages;
  private boolean ssd;
  private long limitPages = ReclaimSpec.NO_LIMIT;
  private boolean mglru;
  private boolean nodeReclaim;
  private CompactionSpec compaction = CompactionSpec.DEFAULT;
  private Together together;
  private Expect expect;

  /** @param variants names of the variants that there are */
  public LitmusParser(String file, Collection<String> variants) {
    this.file = file;
    this.groups = new VariantGroups(variants);
  }

  /** @throws ConfigError at the first thing that cannot be used */
  public Litmus parse(String text) {
    String[] all = text.split("\n", -1);
    for (int i = 0; i < all.length; i++) {
      String line = all[i].replaceFirst("#.*", "").stripTrailing();
      if (!line.isBlank()) {
        Tokens tokens = isText(line) ? null : new Tokens(file, i + 1, line);
        line(i + 1, line, tokens);
      }
    }
    int last = all.length;
    require(started, 1, "the file is empty: it must begin with 'litmus " + FORMAT + "'");
    require(title != null, last, "there is no 'title' line");
    require(!lines.isEmpty(), last, "nothing happens and nothing is expected: there is no step and no 'expect'");
    require(lines.stream().anyMatch(Expect.class::isInstance), last, "there is no 'expect': the test could not fail");
    require(swapPages > 0 || nodeReclaim || !mglru, last,
        "'lru mglru' says how memory is reclaimed, but there is neither a 'swap' nor a 'node-reclaim' line");
    require(nodeReclaim || compaction.equals(CompactionSpec.DEFAULT), last,
        "'thp-defrag' and 'kcompactd' say what happens where nodes reclaim, but there is no 'node-reclaim' line");
    require(compaction.kcompactd() || !compaction.wakesKswapd(), last,
        "'thp-defrag' leaves blocks of 2 MiB to kswapd and kcompactd, but there is no 'kcompactd' line");
    require(swapPages > 0 || lines.stream().noneMatch(LitmusParser::reclaims), last,
        "memory is reclaimed, but there is no 'swap' line above the first step");
    return new Litmus(file, title, sources, machine,
        new Litmus.ReclaimShape(nodeReclaim, compaction, swapPages, ssd, limitPages, mglru), names.all(), List.copyOf(variants), lines);
  }

  private static boolean reclaims(Line line) {
    return switch (line) {
      case Step step -> step.action() instanceof Action.Reclaim
          || step.action() instanceof Action.OnFolios on && on.verb() == Verb.PAGE_OUT;
      case Together all -> all.steps().stream().anyMatch(LitmusParser::reclaims);
      default -> false;
    };
  }

  private static boolean isText(String line) {
    return line.startsWith("title ") || line.startsWith("source ");
  }

  private void line(int number, String line, Tokens tokens) {
    if (!started) {
      require(tokens != null && tokens.take("litmus"), number, "the first line must be 'litmus " + FORMAT + "'");
      tokens.number("the version of the format", FORMAT, FORMAT);
      tokens.end();
      started = true;
    } else if (tokens == null) {
      String rest = line.substring(line.indexOf(' ')).strip();
      if (line.startsWith("title")) {
        require(title == null, number, "there is a 'title' already");
        title = rest;
      } else {
        sources.add(rest);
      }
    } else if (Character.isWhitespace(line.charAt(0))) {
      continued(number, line.strip(), tokens);
    } else if (HEADERS.contains(tokens.peek())) {
      require(lines.isEmpty(), number, "'" + tokens.peek() + "' belongs above the first step");
      header(tokens);
    } else {
      together = null;
      expect = null;
      happens(number, line.strip(), tokens);
    }
  }

  private void header(Tokens tokens) {
    switch (tokens.word("a header")) {
      case "machine" -> machine(tokens);
      case "group" -> groups.define(tokens);
      case "swap" -> {
        long bytes = Units.bytes(tokens);
        if (swapPages > 0 || bytes < PAGE_BYTES || bytes > MOST_SWAP_BYTES) {
          throw tokens.error(swapPages > 0 ? "there is a 'swap' already" : "a swap device has 4 KiB to 64 GiB");
        }
        swapPages = (int) (bytes / PAGE_BYTES);
        ssd = tokens.take("ssd");
        if (tokens.take(",")) {
          limitPages = Units.bytes(tokens) / PAGE_BYTES;
          tokens.expect("limit");
          if (limitPages == 0) {
            throw tokens.error("the limit is less than a page of 4 KiB");
          }
        }
      }
      case "node-reclaim" -> nodeReclaim = true;
      case "thp-defrag" -> {
        ThpDefrag defrag = Arrays.stream(ThpDefrag.values()).filter(one -> tokens.peek().equals(Labelled.of(one))).findFirst()
            .orElseThrow(() -> tokens.unknown("way to defragment", Arrays.stream(ThpDefrag.values()).map(Labelled::of).toList()));
        tokens.word("a way to defragment");
        compaction = new CompactionSpec(defrag, !tokens.take("unadvised"), compaction.kcompactd());
      }
      case "kcompactd" -> compaction = new CompactionSpec(compaction.thpDefrag(), compaction.madvised(), true);
      case "lru" -> {
        mglru = tokens.take("mglru");
        if (!mglru && !tokens.take("classic")) {
          throw tokens.unknown("kind of LRU", List.of("classic", "mglru"));
        }
      }
      case "variants" -> variants.addAll(groups.list(tokens));
      case "pages" -> pages(tokens);
      default -> throw tokens.error("the header stands here a second time");
    }
    tokens.end();
  }

  /** {@code machine 2 nodes of 2 cpus, 1 GiB, 512 MiB cma}. */
  private void machine(Tokens tokens) {
    if (machine != null) {
      throw tokens.error("there is a 'machine' already");
    }
    int nodes = 1;
    int cpus = (int) tokens.number("how many CPUs or nodes", 1, 1024);
    if (tokens.take("nodes") || tokens.take("node")) {
      nodes = cpus;
      tokens.expect("of");
      cpus = (int) tokens.number("how many CPUs", 1, 1024);
    }
    if (!tokens.take("cpu")) {
      tokens.expect("cpus");
    }
    tokens.expect(",");
    long bytes = Units.bytes(tokens);
    long cma = 0;
    long movable = 0;
    while (tokens.take(",")) {
      long part = Units.bytes(tokens);
      if (tokens.take("cma")) {
        cma = part;
      } else {
        if (!tokens.peek().equals("movable")) {
          throw tokens.unknown("kind of memory", List.of("cma", "movable"));
        }
        tokens.word("movable");
        movable = part;
      }
    }
    machine = new MachineShape(nodes, cpus, bytes, cma, movable);
    try {
      machine.config();
    } catch (IllegalArgumentException problem) {
      throw tokens.error("there is no such machine: " + problem.getMessage());
    }
  }

  /** {@code pages R = anon 512, referenced}. */
  private void pages(Tokens tokens) {
    if (!tokens.peek().matches("[A-Za-z]\\w*") || CounterNames.ALL.containsKey(tokens.peek())) {
      throw tokens.wrong("cannot name folios: a name is a letter and then letters, digits and _");
    }
    if (names.has(tokens.peek())) {
      throw tokens.wrong("names other folios already");
    }
    String name = tokens.word("a name");
    tokens.expect("=");
    Backing backing = Arrays.stream(Backing.values()).filter(one -> tokens.peek().equals(one.word())).findFirst()
        .orElseThrow(() -> tokens.unknown("kind of memory", Arrays.stream(Backing.values()).map(Backing::word).toList()));
    tokens.word("a kind");
    int count = tokens.numberNext() ? (int) tokens.number("how many folios", 1, MOST_PAGES / backing.folioPages()) : 1;
    Start start = Start.ABSENT;
    if (tokens.take(",")) {
      start = Arrays.stream(Start.values()).filter(one -> tokens.peek().equals(one.word())).findFirst()
          .orElseThrow(() -> tokens.unknown("state to start in", Arrays.stream(Start.values()).map(Start::word).toList()));
      tokens.word("a state");
    }
    names.add(new NamedPages(name, backing, count, start));
  }

  private void happens(int number, String text, Tokens tokens) {
    if (lines.isEmpty()) {
      require(machine != null, number, "there is no 'machine' line above the first step");
      require(!variants.isEmpty(), number, "there is no 'variants' line above the first step");
    }
    switch (tokens.peek()) {
      case "cpu", "every" -> {
        Step step = new StepParser(names, machine).parse(tokens, text);
        require(step.delayNanos() == 0, number, "only a step below 'at the same time:' can begin later");
        lines.add(step);
      }
      case "at" -> {
        for (String word : List.of("at", "the", "same", "time", ":")) {
          tokens.expect(word);
        }
        tokens.end();
        together = new Together(number, List.of());
        lines.add(together);
      }
      case "advance" -> {
        tokens.word("advance");
        lines.add(new Advance(number, Units.nanos(tokens)));
        tokens.end();
      }
      case "mark" -> {
        tokens.word("mark");
        tokens.end();
        lines.add(new Mark(number));
      }
      case "expect" -> expect(number, tokens);
      default -> {
        List<String> known = new ArrayList<>(HEADERS);
        known.addAll(LINES);
        throw tokens.unknown("beginning of a line", known);
      }
    }
  }

  private void expect(int number, Tokens tokens) {
    tokens.word("expect");
    Set<String> concerned = tokens.take("all") ? Set.of() : groups.list(tokens);
    for (String variant : concerned) {
      require(variants.contains(variant), number,
          variant + " is expected to do something, but is not among the file's 'variants'");
    }
    tokens.expect(":");
    List<Check> checks = tokens.done() ? List.of() : new CheckParser(names, machine, nodeReclaim).parse(tokens);
    expect = new Expect(number, concerned, checks);
    lines.add(expect);
  }

  /** An indented line goes on with the block above it. */
  private void continued(int number, String text, Tokens tokens) {
    if (expect != null) {
      List<Check> checks = new ArrayList<>(expect.checks());
      checks.addAll(new CheckParser(names, machine, nodeReclaim).parse(tokens));
      expect = new Expect(expect.number(), expect.variants(), checks);
      lines.set(lines.size() - 1, expect);
      return;
    }
    require(together != null, number, "the line is indented, but no 'expect' and no 'at the same time:' is above it");
    List<Step> steps = new ArrayList<>(together.steps());
    steps.add(new StepParser(names, machine).parse(tokens, text));
    Set<Integer> cpus = new HashSet<>();
    for (Step step : steps) {
      require(step.cpu() != Step.EVERY_CPU, number, "'every cpu' takes turns and cannot stand below 'at the same time:'");
      require(cpus.add(step.cpu()), number, "CPU " + step.cpu() + " has a step at that time already");
    }
    together = new Together(together.number(), steps);
    lines.set(lines.size() - 1, together);
  }

  private void require(boolean holds, int line, String otherwise) {
    if (!holds) {
      throw new ConfigError(file, line, "", null, otherwise);
    }
  }
}
