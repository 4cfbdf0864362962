package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.scenario.litmus.Condition.Operator;

/** Reads what must hold: {@code result = ok, drain-all = 1} or {@code P: lru = 1, refcount = 2}. */
final class CheckParser {
  private static final Map<String, BatchKind> BATCHES = batches();

  private final Names names;
  private final MachineShape machine;
  private final boolean nodeReclaim;

  /** @param nodeReclaim nodes have a kswapd */
  CheckParser(Names names, MachineShape machine, boolean nodeReclaim) {
    this.names = names;
    this.machine = machine;
    this.nodeReclaim = nodeReclaim;
  }

  private static Map<String, BatchKind> batches() {
    Map<String, BatchKind> batches = new LinkedHashMap<>();
    batches.put("add", BatchKind.LRU_ADD);
    batches.put("rotate", BatchKind.MOVE_TAIL);
    batches.put("deactivate-file", BatchKind.DEACTIVATE_FILE);
    batches.put("deactivate", BatchKind.DEACTIVATE);
    batches.put("lazyfree", BatchKind.LAZYFREE);
    batches.put("activate", BatchKind.ACTIVATE);
    batches.put("mlock", BatchKind.MLOCK);
    return batches;
  }

  /** The rest of a line. */
  List<Check> parse(Tokens tokens) {
    List<Check> checks = new ArrayList<>();
    if (tokens.ahead(":")) {
      List<FolioRange> folios = names.list(tokens);
      tokens.expect(":");
      do {
        folio(tokens, folios, checks);
      } while (tokens.take(","));
    } else {
      do {
        checks.add(check(tokens));
      } while (tokens.take(","));
    }
    tokens.end();
    return checks;
  }

  private void folio(Tokens tokens, List<FolioRange> folios, List<Check> checks) {
    List<FolioProperty> known = List.of(FolioProperty.values());
    FolioProperty property = known.stream().filter(one -> tokens.peek().equals(one.word())).findFirst()
        .orElseThrow(() -> tokens.unknown("property of a folio", known.stream().map(FolioProperty::word).toList()));
    tokens.word("a property");
    Condition condition = condition(tokens, numbered(property.names()), property.names().isEmpty());
    int exactly = tokens.take("on") ? (int) tokens.number("how many folios", 0, 1_000_000) : Check.Folio.EACH;
    for (FolioRange range : folios) {
      checks.add(new Check.Folio(tokens.line(), range, property, condition, exactly));
    }
  }

  private static Map<String, Long> numbered(List<String> names) {
    Map<String, Long> values = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      values.put(names.get(i), (long) i);
    }
    return values;
  }

  private int node(Tokens tokens) {
    tokens.expect("of");
    tokens.expect("node");
    return (int) tokens.number("a node", 0, machine.nodes() - 1);
  }

  private Check check(Tokens tokens) {
    int line = tokens.line();
    if (tokens.take("result")) {
      int cpu = Check.Result.LAST;
      if (tokens.take("of")) {
        tokens.expect("cpu");
        cpu = (int) tokens.number("a CPU", 0, machine.cpus() - 1);
      }
      return new Check.Result(line, cpu, condition(tokens, Results.NAMES, true));
    }
    if (tokens.take("batch")) {
      return batch(tokens);
    }
    if (tokens.take("free")) {
      return new Check.Free(line, node(tokens), condition(tokens, Map.of(), true));
    }
    if (tokens.take("kswapd")) {
      if (!nodeReclaim) {
        throw tokens.error("there is no kswapd: say 'node-reclaim' above the first step");
      }
      return new Check.Kswapd(line, node(tokens), condition(tokens, numbered(Check.Kswapd.STATES), false));
    }
    for (Check.EventKind kind : Check.EventKind.values()) {
      if (tokens.take(kind.word())) {
        tokens.expect("=");
        return new Check.Events(line, kind, names.entries(tokens));
      }
    }
    VmCounter counter = CounterNames.ALL.get(tokens.peek());
    if (counter == null) {
      throw tokens.unknown("counter, nor result, batch, free, kswapd, insertions or activations",
          Stream.concat(Stream.of("result", "batch", "free", "kswapd", "insertions", "activations"),
              CounterNames.ALL.keySet().stream()).toList());
    }
    return new Check.Counter(line, tokens.word("a counter"), counter, condition(tokens, Map.of(), true));
  }

  private Check batch(Tokens tokens) {
    int line = tokens.line();
    tokens.expect("cpu");
    int cpu = (int) tokens.number("a CPU", 0, machine.cpus() - 1);
    BatchKind kind = BATCHES.get(tokens.peek());
    if (kind == null) {
      throw tokens.unknown("batch", BATCHES.keySet());
    }
    tokens.word("a batch");
    if (tokens.take("holds")) {
      long size = tokens.number("how many entries", 0, 1_000);
      return new Check.BatchSize(line, cpu, kind, new Condition(Operator.EQUAL, List.of(size), "= " + size));
    }
    tokens.expect("=");
    return new Check.Batch(line, cpu, kind, names.entries(tokens));
  }

  /** Operator and value; {@code = a or b} for several. */
  private Condition condition(Tokens tokens, Map<String, Long> named, boolean numbers) {
    Operator operator = Arrays.stream(Operator.values()).filter(one -> tokens.peek().equals(one.symbol())).findFirst()
        .orElseThrow(() -> tokens.unknown("comparison", Arrays.stream(Operator.values()).map(Operator::symbol).toList()));
    tokens.word("a comparison");
    List<Long> values = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    do {
      texts.add(tokens.peek());
      Long value = named.get(tokens.peek());
      if (value != null) {
        tokens.word("a value");
        values.add(value);
      } else if (numbers && tokens.numberNext()) {
        values.add(tokens.number("a value", Long.MIN_VALUE / 16, Long.MAX_VALUE / 16));
      } else if (named.isEmpty()) {
        throw tokens.wrong("should be a number");
      } else {
        throw tokens.unknown("value" + (numbers ? " and no number" : ""), named.keySet());
      }
    } while (operator == Operator.EQUAL && tokens.take("or"));
    return new Condition(operator, values, operator.symbol() + " " + String.join(" or ", texts));
  }

  /** As files name a batch. */
  static String batchName(BatchKind kind) {
    return BATCHES.entrySet().stream().filter(entry -> entry.getValue() == kind).map(Map.Entry::getKey).findFirst().orElseThrow();
  }
}
