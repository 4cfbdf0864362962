package pinfold.cluster.state;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import pinfold.cluster.codec.BoundedSerializers;

/**
 * The classes that a saved state may contain, each with a fixed number: those of the JDK here, ours in the resource
 * {@code classes.txt}, one line each. A number is never given to another class.
 */
final class StateClasses {
  static final String RESOURCE = "/pinfold/cluster/state/classes.txt";

  private StateClasses() {}

  /** @param ours makes the serializer of one of our classes that is neither an enum nor a record */
  static void register(Kryo kryo, BoundedSerializers bounded, Function<Class<?>, Serializer<?>> ours) {
    kryo.register(String.class, bounded.texts());
    kryo.register(int[].class, bounded.ints(), 20);
    kryo.register(long[].class, bounded.longs(), 21);
    kryo.register(short[].class, bounded.shorts(), 22);
    kryo.register(byte[].class, bounded.bytes(), 23);
    kryo.register(boolean[].class, bounded.booleans(), 24);
    kryo.register(int[][].class, bounded.objects(), 25);
    kryo.register(long[][].class, bounded.objects(), 26);
    kryo.register(Object[].class, bounded.objects(), 27);
    kryo.register(ArrayList.class, bounded.collections(ArrayList::new), 28);
    kryo.register(ArrayDeque.class, bounded.collections(ArrayDeque::new), 29);
    kryo.register(TreeMap.class, 30);
    kryo.register(List.of().getClass(), bounded.fixedLists(), 31);
    kryo.register(List.of(0).getClass(), bounded.fixedLists(), 32);
    for (Line line : lines()) {
      if (line.type.isEnum() || line.type.isRecord()) {
        kryo.register(line.type, line.number);
      } else {
        kryo.register(line.type, line.type.isArray() ? bounded.objects() : ours.apply(line.type), line.number);
      }
    }
  }

  /** A class and its number. */
  record Line(int number, Class<?> type) {}

  static List<Line> lines() {
    try (InputStream in = StateClasses.class.getResourceAsStream(RESOURCE)) {
      List<Line> lines = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        int space = line.indexOf(' ');
        lines.add(new Line(Integer.parseInt(line.substring(0, space)), Class.forName(line.substring(space + 1))));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("no such class any more, see " + RESOURCE + ": " + e.getMessage(), e);
    }
  }
}
