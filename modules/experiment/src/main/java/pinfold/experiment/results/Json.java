package pinfold.experiment.results;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Writes JSON, and only writes it: maps, iterables, arrays, records, enums, strings, numbers, booleans and null. The same
 * value gives the same bytes in every JVM: a map without an order of its own is written by key. Some eighty lines
 * here stand in for a library, as nothing in Pinfold reads JSON.
 */
public final class Json {
  private final StringBuilder out = new StringBuilder();
  private final boolean pretty;

  private Json(boolean pretty) {
    this.pretty = pretty;
  }

  /** On one line, without a newline at the end. */
  public static String line(Object value) {
    Json json = new Json(false);
    json.write(value, 0);
    return json.out.toString();
  }

  /** Indented by two, ends with a newline. */
  public static String pretty(Object value) {
    Json json = new Json(true);
    json.write(value, 0);
    return json.out.append('\n').toString();
  }

  private void write(Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case CharSequence text -> string(text);
      case Boolean truth -> out.append(truth.booleanValue());
      case Double number -> number(number);
      case Float number -> number(number);
      case Number number -> out.append(number);
      case Enum<?> constant -> string(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      case Optional<?> maybe -> write(maybe.orElse(null), depth);
      case Map<?, ?> map -> object(ordered(map).entrySet().iterator(), depth);
      case Iterable<?> items -> array(items.iterator(), depth);
      case Record fields -> object(components(fields).entrySet().iterator(), depth);
      default -> {
        if (!value.getClass().isArray()) {
          throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
        }
        array(elements(value), depth);
      }
    }
  }

  private void number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append("null"); // JSON has no other word for it
    } else {
      out.append(value);
    }
  }

  private void object(Iterator<? extends Map.Entry<?, ?>> entries, int depth) {
    out.append('{');
    boolean any = false;
    while (entries.hasNext()) {
      Map.Entry<?, ?> entry = entries.next();
      separate(any, depth + 1);
      string(entry.getKey().toString());
      out.append(pretty ? ": " : ":");
      write(entry.getValue(), depth + 1);
      any = true;
    }
    end(any, depth, '}');
  }

  private void array(Iterator<?> items, int depth) {
    out.append('[');
    boolean any = false;
    while (items.hasNext()) {
      separate(any, depth + 1);
      write(items.next(), depth + 1);
      any = true;
    }
    end(any, depth, ']');
  }

  private void separate(boolean any, int depth) {
    if (any) {
      out.append(',');
    }
    newline(depth);
  }

  private void end(boolean any, int depth, char bracket) {
    if (any) {
      newline(depth);
    }
    out.append(bracket);
  }

  private void newline(int depth) {
    if (pretty) {
      out.append('\n').repeat("  ", depth);
    }
  }

  private void string(CharSequence text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || Character.isSurrogate(c) && !paired(text, i)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** Half a surrogate pair cannot be written as UTF-8. */
  private static boolean paired(CharSequence text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  private static Map<?, ?> ordered(Map<?, ?> map) {
    if (map instanceof SequencedMap || map instanceof EnumMap) {
      return map;
    }
    Map<String, Object> byKey = new TreeMap<>();
    map.forEach((key, value) -> byKey.put(key.toString(), value));
    return byKey;
  }

  private static Map<String, Object> components(Record fields) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : fields.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        values.put(component.getName(), component.getAccessor().invoke(fields));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("cannot read " + component, e);
      }
    }
    return values;
  }

  private static Iterator<?> elements(Object array) {
    return IntStream.range(0, Array.getLength(array)).mapToObj(i -> Array.get(array, i)).iterator();
  }
}
