package pinfold.cluster.state;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The classes that a saved state may contain, each with a fixed number: those of the JDK here, ours in the resource
 * {@code classes.txt}, one line each. A number is never given to another class.
 */
final class StateClasses {
  static final String RESOURCE = "/pinfold/cluster/state/classes.txt";

  private StateClasses() {}

  /** @param ours makes the serializer of one of our classes that is neither an enum nor a record */
  static void register(Kryo kryo, Function<Class<?>, Serializer<?>> ours) {
    kryo.register(int[].class, new Ints(), 20);
    kryo.register(long[].class, new Longs(), 21);
    kryo.register(short[].class, 22);
    kryo.register(byte[].class, 23);
    kryo.register(boolean[].class, 24);
    kryo.register(int[][].class, 25);
    kryo.register(long[][].class, 26);
    kryo.register(Object[].class, 27);
    kryo.register(ArrayList.class, 28);
    kryo.register(ArrayDeque.class, 29);
    kryo.register(TreeMap.class, 30);
    kryo.register(List.of().getClass(), 31);
    kryo.register(List.of(0).getClass(), 32);
    for (Line line : lines()) {
      if (line.type.isEnum() || line.type.isRecord() || line.type.isArray()) {
        kryo.register(line.type, line.number);
      } else {
        kryo.register(line.type, ours.apply(line.type), line.number);
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

  /** Fixed-length: variable-length coding makes long arrays slow. */
  private static final class Ints extends Serializer<int[]> {
    @Override
    public void write(Kryo kryo, Output output, int[] array) {
      output.writeInt(array.length);
      output.writeInts(array, 0, array.length);
    }

    @Override
    public int[] read(Kryo kryo, Input input, Class<? extends int[]> type) {
      return input.readInts(input.readInt());
    }
  }

  private static final class Longs extends Serializer<long[]> {
    @Override
    public void write(Kryo kryo, Output output, long[] array) {
      output.writeInt(array.length);
      output.writeLongs(array, 0, array.length);
    }

    @Override
    public long[] read(Kryo kryo, Input input, Class<? extends long[]> type) {
      return input.readLongs(input.readInt());
    }
  }
}
