package pinfold.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States that are written as what changed, against copies of all arrays. */
class DeltaCheckpointTest {
  private static final String IDENTITY = "build-1/0123456789abcdef";
  private static final int GROUPS = 2;

  @TempDir Path directory;

  /** One group's arrays, and a mark that stands for the rest of its state. */
  private static final class Group {
    final List<Object> arrays = new ArrayList<>();
    GroupHistory history = new GroupHistory();
    byte mark;

    void grow(Random random, int bytes) {
      arrays.add(switch (random.nextInt(4)) {
        case 0 -> filled(new byte[bytes], random);
        case 1 -> filled(new short[bytes / 2], random);
        case 2 -> filled(new int[bytes / 4], random);
        default -> filled(new long[bytes / 8], random);
      });
    }

    private static Object filled(Object array, Random random) {
      for (int i = 0; i < Array.getLength(array); i++) {
        set(array, i, random.nextLong());
      }
      return array;
    }

    private static void set(Object array, int index, long value) {
      switch (array) {
        case byte[] bytes -> bytes[index] = (byte) value;
        case short[] shorts -> shorts[index] = (short) value;
        case int[] ints -> ints[index] = (int) value;
        case long[] longs -> longs[index] = value;
        default -> throw new AssertionError();
      }
    }

    /** Elements here and there, arrays that come, go, change places and are replaced by equal ones. */
    void change(Random random) {
      mark = (byte) random.nextInt();
      for (int left = random.nextInt(6); left > 0; left--) {
        Object array = arrays.get(random.nextInt(arrays.size()));
        set(array, random.nextInt(Array.getLength(array)), random.nextLong());
      }
      switch (random.nextInt(8)) {
        case 0 -> grow(random, 1_024 + random.nextInt(40_000));
        case 1 -> arrays.add(arrays.remove(0));
        case 2 -> arrays.set(0, copy(arrays.get(0)));
        case 3 -> {
          if (arrays.size() > 2) {
            arrays.remove(random.nextInt(arrays.size()));
          }
        }
        default -> { }
      }
    }

    List<Object> copies() {
      return new ArrayList<>(arrays.stream().map(Group::copy).toList());
    }

    private static Object copy(Object array) {
      Object copy = Array.newInstance(array.getClass().getComponentType(), Array.getLength(array));
      System.arraycopy(array, 0, copy, 0, Array.getLength(array));
      return copy;
    }
  }

  private static MemorySegment segment(Object array) {
    return switch (array) {
      case byte[] bytes -> MemorySegment.ofArray(bytes);
      case short[] shorts -> MemorySegment.ofArray(shorts);
      case int[] ints -> MemorySegment.ofArray(ints);
      case long[] longs -> MemorySegment.ofArray(longs);
      default -> throw new AssertionError();
    };
  }

  private CheckpointStore store() {
    return new CheckpointStore(directory, IDENTITY);
  }

  private long save(String name, int number, long nowNanos, Group group) {
    return store().saveGroup(name, number, nowNanos, group.history, (out, large) -> {
      out.write(group.mark);
      group.arrays.forEach(array -> large.write(array, segment(array)));
    });
  }

  private void assertHolds(Checkpoint checkpoint, int group, byte mark, List<Object> arrays, String what) {
    store().loadGroup(checkpoint, group, (in, large) -> {
      assertThat((byte) in.read()).as(what).isEqualTo(mark);
      for (Object array : arrays) {
        Object read = Array.newInstance(array.getClass().getComponentType(), Array.getLength(array));
        assertThat(large.nextBytes()).as(what).isEqualTo(segment(array).byteSize());
        large.read(segment(read));
        assertThat(segment(read).mismatch(segment(array))).as(what).isEqualTo(-1);
      }
      assertThat(large.nextBytes()).as(what).isEqualTo(-1);
      return null;
    });
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What a checkpoint was saved of. */
  private record Model(byte[] marks, List<List<Object>> arrays) {}

  private boolean isWhole(Checkpoint checkpoint) {
    try {
      for (int group = 0; group < GROUPS; group++) {
        store().loadGroup(checkpoint, group, (in, large) -> {
          while (large.nextBytes() >= 0) {
            large.read(MemorySegment.ofArray(new byte[(int) large.nextBytes()]));
          }
          return null;
        });
      }
      return true;
    } catch (CheckpointException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyKeptCheckpointIsReadAsItWasAndNothingElseIsKept(int seed) throws IOException {
    Random random = new Random(seed);
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      groups.add(new Group());
      for (int j = 0; j < 4; j++) {
        groups.get(i).grow(random, 1_024 + random.nextInt(60_000));
      }
    }
    Map<String, Model> models = new HashMap<>();
    int epoch = 1;
    int deltas = 0;
    for (long now = 1_000; now < 26_000; now += 1_000) {
      String what = "seed " + seed + ", " + now + " ns";
      groups.forEach(group -> group.change(random));
      if (random.nextInt(15) == 0) { // All begin anew, as after a member's death.
        epoch++;
        groups.forEach(group -> group.history = new GroupHistory());
      }
      String name = Checkpoint.name(now, epoch);
      Model model = new Model(new byte[GROUPS], new ArrayList<>());
      // Now and then a group is not saved, or nobody hears that all are: such a checkpoint is never complete.
      int saved = random.nextInt(6) == 0 ? random.nextInt(GROUPS) : GROUPS;
      for (int i = 0; i < saved; i++) {
        save(name, i, now, groups.get(i));
        model.marks[i] = groups.get(i).mark;
        model.arrays.add(groups.get(i).copies());
      }
      if (saved < GROUPS || random.nextInt(6) == 0) {
        continue;
      }
      Checkpoint latest = store().complete(name, now, GROUPS);
      models.put(name, model);
      List<Checkpoint> kept = store().complete();
      assertThat(kept.getFirst()).isEqualTo(latest);
      assertThat(kept).as(what).hasSizeBetween(Math.min(2, models.size()), 3);
      for (Checkpoint checkpoint : kept) {
        for (int group = 0; group < GROUPS; group++) {
          assertHolds(checkpoint, group, models.get(checkpoint.name()).marks[group], models.get(checkpoint.name()).arrays.get(group),
              what + ", " + checkpoint);
          List<Path> needed = store().filesOf(checkpoint, group);
          assertThat(needed).as(what).hasSizeLessThanOrEqualTo(GroupHistory.FULL_EVERY).doesNotHaveDuplicates().allMatch(Files::exists);
          deltas += needed.size() > 1 ? 1 : 0;
        }
      }
      for (Path file : files()) {
        if (!file.endsWith("complete")) {
          Path aside = Files.move(file, directory.resolve("aside"));
          assertThat(kept).as("%s without %s", what, file).anyMatch(checkpoint -> !isWhole(checkpoint));
          Files.move(aside, file);
        }
      }
    }
    assertThat(deltas).isPositive();
  }

  /** A group of 1 MiB is saved so many times, ten numbers of it changed before each; returns the bytes that were written. */
  private List<Long> saveTimes(int times, Group group) {
    Random random = new Random(1);
    int[] array = new Random(2).ints(1 << 18).toArray();
    group.arrays.add(array);
    List<Long> bytes = new ArrayList<>();
    for (int i = 1; i <= times; i++) {
      for (int j = 0; j < 10; j++) {
        array[random.nextInt(array.length)]++;
      }
      group.mark = (byte) i;
      bytes.add(save(Checkpoint.name(i, 1), 0, i, group));
      store().complete(Checkpoint.name(i, 1), i, 1);
    }
    return bytes;
  }

  @Test
  void whatChangedIsWrittenAndEveryEighthIsFull() {
    List<Long> bytes = saveTimes(17, new Group());
    for (int i = 0; i < bytes.size(); i++) {
      if (i % 8 == 0) {
        assertThat(bytes.get(i)).as("%d", i).isGreaterThan(1 << 20);
      } else {
        // At most ten chunks of 8 KiB; 128 places and hashes of 16 bytes; the rest is small.
        assertThat(bytes.get(i)).as("%d", i).isBetween(8L << 10, (80L << 10) + 128 * 16 + 1_000);
      }
    }
  }

  @Test
  void aStateThatIsSavedAgainUnderItsNameDoesNotReferToItself() {
    Group group = new Group();
    saveTimes(2, group);
    save(Checkpoint.name(2, 1), 0, 2, group);
    Checkpoint checkpoint = new Checkpoint(Checkpoint.name(2, 1), 2, 1);
    assertThat(store().filesOf(checkpoint, 0)).hasSize(1);
    assertHolds(checkpoint, 0, group.mark, group.arrays, "saved twice");
  }

  @Test
  void damageInAFileThatADeltaRefersToIsNoticedAndACheckpointWithoutItIsKept() throws IOException {
    Group group = new Group();
    saveTimes(12, group); // 1 and 9 are full.
    Checkpoint latest = store().complete().getFirst();
    Path base = store().filesOf(latest, 0).get(1);
    assertThat(base.getParent()).hasFileName(Checkpoint.name(9, 1));
    byte[] whole = Files.readAllBytes(base);
    Random random = new Random(3);
    // Chunks of 8 KiB from behind the head on: one bit in each, of which the delta refers to nearly all.
    int noticed = 0;
    int chunks = 0;
    for (int at = 100; at < 1 << 20; at += 8 << 10) {
      byte[] damaged = whole.clone();
      damaged[at + random.nextInt(4_000)] ^= (byte) (1 << random.nextInt(8));
      Files.write(base, damaged);
      noticed += isWholeOne(latest) ? 0 : 1;
      chunks++;
    }
    assertThat(noticed).isBetween(chunks - 31, chunks);
    byte[] foreign = whole.clone();
    foreign[20] ^= 1; // Within the identity.
    Files.write(base, foreign);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(latest)).withMessageContaining(base.toString());
    Files.delete(base);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(latest)).withMessageContaining("not there");
    assertThat(store().complete()).extracting(Checkpoint::nowNanos).containsExactly(12L, 11L, 8L);
    assertThat(isWholeOne(store().complete().get(1))).isFalse();
    assertThat(isWholeOne(store().complete().get(2))).as("the last that does not need the damaged file").isTrue();
  }

  /** The other run has the same group at the same time, and its file is whole. */
  @Test
  void aFileOfAnotherRunInTheBasesPlaceIsRefused() throws IOException {
    saveTimes(2, new Group());
    Path base = directory.resolve(Checkpoint.name(1, 1)).resolve("group-0.state");
    new CheckpointStore(directory, "build-1/fedcba9876543210").saveGroup(Checkpoint.name(1, 1), 0, 1, new GroupHistory(),
        (out, large) -> out.write(new byte[2 << 20]));
    assertThat(base).exists();
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(store().complete().getFirst()))
        .withMessageContaining("fedcba9876543210");
  }

  private void load(Checkpoint checkpoint) {
    store().loadGroup(checkpoint, 0, (in, large) -> {
      large.read(MemorySegment.ofArray(new int[1 << 18]));
      return null;
    });
  }

  private boolean isWholeOne(Checkpoint checkpoint) {
    try {
      load(checkpoint);
      return true;
    } catch (CheckpointException e) {
      return false;
    }
  }

  /** Readers wrap what their input throws; the reason comes through all the same. */
  @Test
  void whatIsWrongWithAChunkIsSaidWhateverTheReaderMakesOfIt() throws IOException {
    saveTimes(2, new Group());
    Files.delete(directory.resolve(Checkpoint.name(1, 1)).resolve("group-0.state"));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> store().loadGroup(store().complete().getFirst(), 0, (in, large) -> {
          try {
            large.read(MemorySegment.ofArray(new int[1 << 18]));
          } catch (RuntimeException e) {
            throw new IllegalStateException("something else", e);
          }
          return null;
        })).withMessageContaining("not there");
  }
}
