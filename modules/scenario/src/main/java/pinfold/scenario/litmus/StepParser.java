package pinfold.scenario.litmus;

import java.util.List;
import java.util.stream.Stream;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.CompactPriority;
import pinfold.scenario.litmus.Action.PinMethod;
import pinfold.scenario.litmus.Line.Step;
import pinfold.scenario.litmus.NamedPages.Backing;

/** Reads {@code cpu 1: mark-accessed P twice} and the like. */
final class StepParser {
  private static final int MOST_TIMES = 1_000_000;
  private static final int PAGE_SHIFT = 12;

  private final Names names;
  private final MachineShape machine;
  private final int cpus;

  StepParser(Names names, MachineShape machine) {
    this.names = names;
    this.machine = machine;
    this.cpus = machine.cpus();
  }

  /** @param text the line, for reports */
  Step parse(Tokens tokens, String text) {
    int cpu = Step.EVERY_CPU;
    if (tokens.take("every")) {
      tokens.expect("cpu");
    } else {
      tokens.expect("cpu");
      cpu = (int) tokens.number("a CPU", 0, cpus - 1);
    }
    long delay = tokens.take("+") ? Units.nanos(tokens) : 0;
    tokens.expect(":");
    Action action = action(tokens);
    tokens.end();
    return new Step(tokens.line(), cpu, delay, action, text);
  }

  private Action action(Tokens tokens) {
    for (PlainVerb verb : PlainVerb.values()) {
      if (tokens.take(verb.word())) {
        return new Action.Plain(verb);
      }
    }
    if (tokens.take("pin")) {
      return pin(tokens);
    }
    if (tokens.take("write-elsewhere")) {
      int pages = (int) tokens.number("how many pages", 1, MOST_TIMES);
      if (!tokens.take("pages")) {
        tokens.expect("page");
      }
      return new Action.WriteElsewhere(pages);
    }
    if (tokens.take("cma-alloc")) {
      return cmaAlloc(tokens);
    }
    if (tokens.take("cma-release")) {
      return new Action.CmaRelease(cmaNode(tokens));
    }
    if (tokens.take("reclaim")) {
      int pages = (int) tokens.number("how many pages", 1, MOST_TIMES);
      if (!tokens.take("pages")) {
        tokens.expect("page");
      }
      return new Action.Reclaim(pages);
    }
    if (tokens.take("compact")) {
      return compact(tokens);
    }
    for (Verb verb : Verb.values()) {
      if (tokens.take(verb.word())) {
        return onFolios(tokens, verb);
      }
    }
    throw tokens.unknown("step", Stream.of(Stream.of("pin", "write-elsewhere", "cma-alloc", "cma-release", "reclaim", "compact"),
        Stream.of(PlainVerb.values()).map(PlainVerb::word), Stream.of(Verb.values()).map(Verb::word))
        .flatMap(words -> words).toList());
  }

  private static Action compact(Tokens tokens) {
    tokens.expect("order");
    int order = (int) tokens.number("an order", 1, BuddyOrders.PAGEBLOCK_ORDER);
    tokens.expect("for");
    boolean longterm = tokens.take("longterm");
    if (!longterm && !tokens.take("user")) {
      throw tokens.unknown("kind of request", List.of("user", "longterm"));
    }
    if (tokens.take("async")) {
      return new Action.Compact(order, longterm, CompactPriority.ASYNC);
    }
    if (tokens.take("sync")) {
      return new Action.Compact(order, longterm, CompactPriority.SYNC_LIGHT);
    }
    if (tokens.take("full")) {
      return new Action.Compact(order, longterm, CompactPriority.SYNC_FULL);
    }
    throw tokens.unknown("priority", List.of("async", "sync", "full"));
  }

  private Action cmaAlloc(Tokens tokens) {
    int pages = tokens.take("all") ? Action.CmaAlloc.WHOLE_AREA : pages(tokens);
    int align = 1;
    if (tokens.take("aligned")) {
      tokens.expect("to");
      align = pages(tokens);
      if (Integer.bitCount(align) != 1) {
        throw tokens.error("an alignment is a power of two of pages of 4 KiB, and " + align + " pages are none");
      }
    }
    return new Action.CmaAlloc(cmaNode(tokens), pages, align);
  }

  private int pages(Tokens tokens) {
    long bytes = Units.bytes(tokens);
    if (bytes == 0 || (bytes & (1 << PAGE_SHIFT) - 1) != 0 || bytes > machine.cmaBytes()) {
      throw tokens.error("CMA is allocated in pages of 4 KiB, from one up to the whole area of " + (machine.cmaBytes() >> PAGE_SHIFT)
          + " pages");
    }
    return (int) (bytes >> PAGE_SHIFT);
  }

  private int cmaNode(Tokens tokens) {
    if (machine.cmaBytes() == 0) {
      throw tokens.error("the machine has no CMA: say so behind 'machine', as in 64 MiB, 48 MiB cma");
    }
    if (!tokens.take("of")) {
      return 0;
    }
    tokens.expect("node");
    return (int) tokens.number("a node", 0, machine.nodes() - 1);
  }

  private Action onFolios(Tokens tokens, Verb verb) {
    List<FolioRange> folios = names.list(tokens);
    for (FolioRange range : folios) {
      if (verb.onAddresses() && !range.pages().backing().mapped()) {
        throw tokens.error(verb.word() + " needs addresses, and " + range + " is a file that nobody maps: use read-file");
      }
      if (!verb.onAddresses() && !verb.onAnyFolio() && !range.pages().backing().inFile()) {
        throw tokens.error(verb.word() + " needs a file, and " + range + " is " + range.pages().backing().word());
      }
      if (verb == Verb.TRUNCATE && range.pages().backing() != Backing.TMPFS) {
        throw tokens.error(verb.word() + " needs a file in tmpfs that nobody maps, and " + range + " is " + range.pages().backing().word());
      }
      if (verb == Verb.FADVISE_DONTNEED && range.pages().backing() != Backing.FILE) {
        throw tokens.error(verb.word() + " drops page cache that nobody maps, and " + range + " is " + range.pages().backing().word());
      }
      if (range.former() && !verb.onAnyFolio()) {
        throw tokens.error(verb.word() + " needs what " + range.pages().name() + " is now, not " + range);
      }
    }
    int times = 1;
    if (tokens.take("twice")) {
      times = 2;
    } else if (tokens.numberNext()) {
      times = (int) tokens.number("how often", 1, MOST_TIMES);
      tokens.expect("times");
    }
    return new Action.OnFolios(verb, folios, times);
  }

  private Action pin(Tokens tokens) {
    List<FolioRange> folios = names.list(tokens);
    requireNeighbours(tokens, folios);
    tokens.expect("by");
    PinMethod method;
    boolean touch = true;
    int callPages = Integer.MAX_VALUE;
    if (tokens.take("vfio")) {
      method = PinMethod.VFIO;
    } else if (tokens.take("io_uring")) {
      method = PinMethod.IO_URING;
    } else if (tokens.take("gup")) {
      method = PinMethod.GUP;
      touch = !tokens.take("without");
      if (!touch || tokens.peek().equals("with")) {
        tokens.take("with");
        tokens.expect("touch");
      }
    } else {
      throw tokens.unknown("way to pin", List.of("vfio", "io_uring", "gup"));
    }
    if (tokens.take("in")) {
      tokens.expect("calls");
      tokens.expect("of");
      callPages = (int) tokens.number("how many pages", 1, MOST_TIMES);
    }
    boolean release = tokens.take("and");
    if (release) {
      tokens.expect("release");
      if (method != PinMethod.IO_URING) {
        throw tokens.error("only a pin by io_uring can be released at once: use 'unpin'");
      }
    }
    return new Action.Pin(folios, method, touch, release, callPages);
  }

  /** A pin is one range of addresses. */
  private void requireNeighbours(Tokens tokens, List<FolioRange> folios) {
    AddressLayout layout = new AddressLayout(names.all());
    for (int i = 0; i < folios.size(); i++) {
      FolioRange range = folios.get(i);
      if (!range.pages().backing().mapped() || range.former()) {
        throw tokens.error("a pin needs addresses, and " + range + " has none");
      }
      if (i > 0 && layout.pageOf(range) != layout.pageOf(folios.get(i - 1)) + layout.pages(folios.get(i - 1))) {
        throw tokens.error("a pin is one range of addresses, and " + range + " does not lie behind " + folios.get(i - 1)
            + ": names lie in the order of their lines, thp at multiples of 2 MiB. In order: " + layout.order());
      }
    }
  }
}
