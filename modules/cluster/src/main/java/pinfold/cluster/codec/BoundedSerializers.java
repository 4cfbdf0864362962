package pinfold.cluster.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Serializers of arrays, lists and texts that ask for no more memory than the rest of the input can fill: a damaged length is an
 * error. Numbers in arrays are written at fixed length, as variable length makes long arrays slow.
 *
 * <p>One object belongs to one Kryo, and is as little thread-safe. How much is left is known of inputs in memory and of streams whose
 * {@link java.io.InputStream#available()} tells, as those of files do.
 */
public final class BoundedSerializers {
  /** Arrays of at least so many bytes go beside the stream where there is something beside it. */
  public static final int LARGE_BYTES = 1 << 10;

  private ArraySink sink;
  private ArraySource source;
  /** Elements that the arrays and lists being read still wait for; each is at least one byte. */
  private long promised;

  /** Until it is called with null, large arrays of numbers go there and their lengths alone into the stream. */
  public void writeLargeTo(ArraySink to) {
    sink = to;
  }

  /** Until it is called with null, large arrays of numbers come from there. */
  public void readLargeFrom(ArraySource from) {
    source = from;
  }

  /** Length of what follows, of elements of at least so many bytes. */
  private int length(Input input, int elementBytes) {
    return bounded(input.readVarInt(true), input, elementBytes);
  }

  private int bounded(int length, Input input, int elementBytes) {
    long need = promised + (long) length * elementBytes;
    if (length < 0 || need > input.limit() - input.position() && need > left(input)) {
      throw new KryoException("a length of " + length + " where less is left");
    }
    return length;
  }

  private static long left(Input input) {
    try {
      int left = input.available();
      return left < 0 || left == Integer.MAX_VALUE ? Long.MAX_VALUE : left; // More than an int can tell.
    } catch (IOException e) {
      throw new KryoException(e);
    }
  }

  @FunctionalInterface
  private interface WriteArray<T> {
    void write(Output output, T array, int length);
  }

  @FunctionalInterface
  private interface ReadArray<T> {
    T read(Input input, int length);
  }

  private <T> Serializer<T> primitives(WriteArray<T> writer, ReadArray<T> reader) {
    return new Serializer<>() {
      @Override
      public void write(Kryo kryo, Output output, T array) {
        int length = Array.getLength(array);
        output.writeVarInt(length, true);
        writer.write(output, array, length);
      }

      @Override
      public T read(Kryo kryo, Input input, Class<? extends T> type) {
        return reader.read(input, input.readVarInt(true));
      }
    };
  }

  /** Numbers, which may be large. */
  private <T> Serializer<T> numbers(int elementBytes, IntFunction<T> empty, Function<T, MemorySegment> content, WriteArray<T> writer,
      ReadArray<T> reader) {
    return primitives((output, array, length) -> {
      if (sink != null && isLarge(length, elementBytes)) {
        sink.write(array, content.apply(array));
      } else {
        writer.write(output, array, length);
      }
    }, (input, length) -> {
      if (source == null || !isLarge(length, elementBytes)) {
        return reader.read(input, bounded(length, input, elementBytes));
      }
      if (source.nextBytes() != (long) length * elementBytes) {
        throw new KryoException("a length of " + length + " where " + source.nextBytes() + " bytes come next");
      }
      T array = empty.apply(length);
      source.read(content.apply(array));
      return array;
    });
  }

  private static boolean isLarge(int length, int elementBytes) {
    return (long) length * elementBytes >= LARGE_BYTES;
  }

  public Serializer<byte[]> bytes() {
    return numbers(Byte.BYTES, byte[]::new, MemorySegment::ofArray, (output, array, length) -> output.writeBytes(array, 0, length),
        Input::readBytes);
  }

  public Serializer<boolean[]> booleans() {
    return primitives((output, array, length) -> output.writeBooleans(array, 0, length),
        (input, length) -> input.readBooleans(bounded(length, input, Byte.BYTES)));
  }

  public Serializer<short[]> shorts() {
    return numbers(Short.BYTES, short[]::new, MemorySegment::ofArray, (output, array, length) -> output.writeShorts(array, 0, length),
        Input::readShorts);
  }

  public Serializer<int[]> ints() {
    return numbers(Integer.BYTES, int[]::new, MemorySegment::ofArray, (output, array, length) -> output.writeInts(array, 0, length),
        Input::readInts);
  }

  public Serializer<long[]> longs() {
    return numbers(Long.BYTES, long[]::new, MemorySegment::ofArray, (output, array, length) -> output.writeLongs(array, 0, length),
        Input::readLongs);
  }

  /** Reads {@code length} longs that {@link #writeLongs} wrote. */
  public long[] readLongs(Input input) {
    return input.readLongs(length(input, Long.BYTES));
  }

  /** Writes the first {@code length} longs, as {@link #longs} does. */
  public static void writeLongs(Output output, long[] longs, int length) {
    output.writeVarInt(length, true);
    output.writeLongs(longs, 0, length);
  }

  public Serializer<String> texts() {
    return new Serializer<>(false, true) {
      @Override
      public void write(Kryo kryo, Output output, String text) {
        writeText(output, text);
      }

      @Override
      public String read(Kryo kryo, Input input, Class<? extends String> type) {
        return readText(input);
      }
    };
  }

  public static void writeText(Output output, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.writeVarInt(bytes.length, true);
    output.writeBytes(bytes);
  }

  public String readText(Input input) {
    return new String(input.readBytes(length(input, 1)), StandardCharsets.UTF_8);
  }

  /** Arrays of objects of one class or several. */
  public Serializer<Object[]> objects() {
    return new Serializer<>() {
      @Override
      public void write(Kryo kryo, Output output, Object[] array) {
        output.writeVarInt(array.length, true);
        for (Object element : array) {
          kryo.writeClassAndObject(output, element);
        }
      }

      @Override
      public Object[] read(Kryo kryo, Input input, Class<? extends Object[]> type) {
        Object[] array = (Object[]) Array.newInstance(type.getComponentType(), length(input, 1));
        kryo.reference(array);
        int[] at = {0};
        readElements(kryo, input, array.length, element -> array[at[0]++] = element);
        return array;
      }
    };
  }

  /** @param empty makes one with room for so many elements */
  public <C extends Collection<Object>> Serializer<C> collections(IntFunction<C> empty) {
    return new Serializer<>() {
      @Override
      public void write(Kryo kryo, Output output, C collection) {
        writeAll(kryo, output, collection);
      }

      @Override
      public C read(Kryo kryo, Input input, Class<? extends C> type) {
        int length = length(input, 1);
        C collection = empty.apply(length);
        kryo.reference(collection);
        readElements(kryo, input, length, collection::add);
        return collection;
      }
    };
  }

  /** Lists that cannot be changed and hold no null. */
  public Serializer<List<Object>> fixedLists() {
    return new Serializer<>(true, true) {
      @Override
      public void write(Kryo kryo, Output output, List<Object> list) {
        writeAll(kryo, output, list);
      }

      @Override
      public List<Object> read(Kryo kryo, Input input, Class<? extends List<Object>> type) {
        int length = length(input, 1);
        List<Object> list = new ArrayList<>(length);
        readElements(kryo, input, length, list::add);
        return List.copyOf(list);
      }
    };
  }

  private static void writeAll(Kryo kryo, Output output, Collection<Object> collection) {
    output.writeVarInt(collection.size(), true);
    for (Object element : collection) {
      kryo.writeClassAndObject(output, element);
    }
  }

  @FunctionalInterface
  private interface Sink {
    void accept(Object element);
  }

  private void readElements(Kryo kryo, Input input, int length, Sink sink) {
    int left = length;
    promised += left;
    try {
      while (left > 0) {
        left--;
        promised--;
        sink.accept(kryo.readClassAndObject(input));
      }
    } finally {
      promised -= left;
    }
  }
}
