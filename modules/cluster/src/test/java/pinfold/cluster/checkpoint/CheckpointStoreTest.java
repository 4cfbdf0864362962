package pinfold.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two groups are saved at 1000 ns and at 2000 ns; whatever happens to the later checkpoint, the earlier one stays and is found. */
class CheckpointStoreTest {
  private static final String IDENTITY = "build-1/0123456789abcdef";
  private static final int GROUPS = 2;
  private static final long SEED = 20;
  /** Ints of a large array: 6,000 bytes, one chunk. */
  private static final int LARGE = 1_500;
  /** Magic, format, identity with its length, group, time, sum: what StateFile's comment says. */
  private static final int HEAD_BYTES = 8 + 4 + 2 + IDENTITY.length() + 4 + 8 + 8;
  /** An array's bytes; its chunk's place and hash. Where graph and index are, their sum, no other checkpoints. Length and sum. */
  private static final int TAIL_BYTES = 8 + 16 + 4 * 8 + 4 + 4 + 8;

  @TempDir Path directory;
  private CheckpointStore store;
  private Checkpoint earlier;
  private Checkpoint later;

  @BeforeEach
  void save() {
    store = new CheckpointStore(directory, IDENTITY);
    earlier = save(1_000, 1);
    later = save(2_000, 1);
  }

  private Checkpoint save(long nowNanos, int epoch) {
    String name = Checkpoint.name(nowNanos, epoch);
    for (int group = 0; group < GROUPS; group++) {
      byte[] payload = payload(nowNanos, group);
      int[] array = array(nowNanos, group);
      long bytes = store.saveGroup(name, group, nowNanos, new GroupHistory(), (out, large) -> {
        out.write(payload);
        large.write(array, MemorySegment.ofArray(array));
      });
      assertThat(file(name, group)).hasSize(bytes);
    }
    return store.complete(name, nowNanos, GROUPS);
  }

  private static byte[] payload(long nowNanos, int group) {
    byte[] payload = new byte[3_000 + 50 * group];
    new Random(nowNanos + group).nextBytes(payload);
    return payload;
  }

  private static int[] array(long nowNanos, int group) {
    return new Random(-nowNanos - group).ints(LARGE).toArray();
  }

  private void saveByte(String name, int group, long nowNanos) {
    store.saveGroup(name, group, nowNanos, new GroupHistory(), (out, large) -> out.write(1));
  }

  private Path file(String name, int group) {
    return directory.resolve(name).resolve("group-" + group + ".state");
  }

  private byte[] load(Checkpoint checkpoint, int group) {
    return store.loadGroup(checkpoint, group, (in, large) -> {
      int[] array = new int[LARGE];
      assertThat(large.nextBytes()).isEqualTo(4L * LARGE);
      large.read(MemorySegment.ofArray(array));
      assertThat(large.nextBytes()).isEqualTo(-1);
      assertThat(Arrays.equals(array, array(checkpoint.nowNanos(), group))).isTrue();
      return in.readAllBytes();
    });
  }

  private void assertWhole(Checkpoint checkpoint) {
    assertThat(store.complete()).contains(checkpoint);
    for (int group = 0; group < GROUPS; group++) {
      assertThat(Arrays.equals(load(checkpoint, group), payload(checkpoint.nowNanos(), group))).isTrue();
    }
  }

  private static void assertRefused(String why, ThrowingCallable attempt) {
    assertThatExceptionOfType(CheckpointException.class).as(why).isThrownBy(attempt).withMessageContaining("checkpoint");
  }

  @Test
  void whatWasSavedIsRead() {
    assertThat(store.complete()).containsExactly(later, earlier);
    assertWhole(earlier);
    assertWhole(later);
    int available = store.loadGroup(later, 0, (in, large) -> in.available());
    assertThat(available).isEqualTo(3_000);
  }

  @Test
  void aStateOfAnyOtherLengthIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file(later.name(), 1));
    assertThat(whole).hasSize(HEAD_BYTES + 4 * LARGE + 3_050 + TAIL_BYTES);
    for (int length = 0; length < whole.length; length += length < HEAD_BYTES + 10 || length > whole.length - 2 * TAIL_BYTES ? 1 : 97) {
      Files.write(file(later.name(), 1), Arrays.copyOf(whole, length));
      assertRefused(length + " bytes", () -> load(later, 1));
    }
    for (int more : new int[] {1, 7, 8, 9, 4_000}) {
      Files.write(file(later.name(), 1), Arrays.copyOf(whole, whole.length + more));
      assertRefused(more + " bytes too many", () -> load(later, 1));
    }
    assertWhole(earlier);
  }

  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    Random random = new Random(SEED);
    byte[] whole = Files.readAllBytes(file(later.name(), 0));
    for (int bit = 0; bit < whole.length * 8; bit++) {
      int at = bit / 8;
      // All of them at both ends, one in thirty in the payload.
      if (at < HEAD_BYTES || at >= whole.length - TAIL_BYTES || random.nextInt(30) == 0) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) (1 << bit % 8);
        Files.write(file(later.name(), 0), damaged);
        assertRefused("bit " + bit + ", seed " + SEED, () -> load(later, 0));
      }
    }
    assertWhole(earlier);
  }

  @Test
  void aPayloadIsOnlyReadWhenAllOfItIsRight() throws IOException {
    byte[] damaged = Files.readAllBytes(file(later.name(), 0));
    damaged[damaged.length - TAIL_BYTES - 1] ^= 1; // The last of the graph.
    Files.write(file(later.name(), 0), damaged);
    boolean[] reads = new boolean[1];
    assertRefused("damaged", () -> store.loadGroup(later, 0, (in, large) -> reads[0] = true));
    assertThat(reads[0]).isFalse();
  }

  @Test
  void aMissingGroupIsNamed() throws IOException {
    Files.delete(file(later.name(), 1));
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(later, 1)).withMessageContaining("group-1.state")
        .withMessageContaining("not there");
    assertWhole(earlier);
  }

  @Test
  void aCheckpointWithoutAllOfItsGroupsIsNotCompleted() {
    String name = Checkpoint.name(3_000, 1);
    saveByte(name, 0, 3_000);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> store.complete(name, 3_000, GROUPS))
        .withMessageContaining("group 1");
    assertThat(store.complete()).containsExactly(later, earlier);
  }

  @Test
  void statesOfAnotherRunOrBuildAreRefused() {
    for (String identity : List.of("build-1/fedcba9876543210", "build-2/0123456789abcdef", "")) {
      CheckpointStore other = new CheckpointStore(directory, identity);
      assertThat(other.complete()).as(identity).isEmpty();
      assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> other.loadGroup(later, 0, (in, large) -> 0))
          .withMessageContaining(IDENTITY);
    }
  }

  @Test
  void statesInEachOthersPlaceAreRefused() throws IOException {
    byte[] group0 = Files.readAllBytes(file(later.name(), 0));
    Files.write(file(later.name(), 1), group0);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(later, 1)).withMessageContaining("holds group 0");
    Files.write(file(later.name(), 0), Files.readAllBytes(file(earlier.name(), 0)));
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(later, 0)).withMessageContaining("at 1000 ns");
  }

  @Test
  void anotherFormatIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(file(later.name(), 0));
    bytes[11]++; // The low byte of the version.
    Files.write(file(later.name(), 0), bytes);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(later, 0))
        .withMessageContaining("format " + (StateFile.FORMAT + 1));
    Path done = directory.resolve(later.name()).resolve("complete");
    Files.writeString(done, Files.readString(done).replace("format " + StateFile.FORMAT, "format 999"));
    assertThat(store.complete()).containsExactly(earlier);
  }

  @Test
  void aDamagedCompleteFileMakesItNoCheckpoint() throws IOException {
    Path done = directory.resolve(later.name()).resolve("complete");
    byte[] whole = Files.readAllBytes(done);
    for (int length = 0; length < whole.length; length++) {
      Files.write(done, Arrays.copyOf(whole, length));
      assertThat(store.complete()).as("%d bytes", length).containsExactly(earlier);
    }
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(done, damaged);
      assertThat(store.complete()).as("bit %d", bit).containsExactly(earlier);
    }
    Files.write(done, whole);
    assertThat(store.complete()).containsExactly(later, earlier);
  }

  /** The writer fails after so many bytes, as it is, wrapped, or with what a full disk says. */
  @Test
  void nothingIsLeftOfAStateThatCouldNotBeWritten() throws IOException {
    for (int bytes : new int[] {0, 1, 5_000, 3 << 20}) {
      for (RuntimeException wrapped : new RuntimeException[] {null, new IllegalStateException("No space left on device")}) {
        CheckpointStore.Payload full = (out, large) -> {
          writeSome(out, bytes);
          if (wrapped != null) {
            throw wrapped;
          }
          throw new IOException("No space left on device");
        };
        assertThatExceptionOfType(CheckpointException.class)
            .isThrownBy(() -> store.saveGroup(Checkpoint.name(3_000, 1), 0, 3_000, new GroupHistory(), full))
            .withMessageContaining("No space left on device");
        assertThat(files()).doesNotContain(file(Checkpoint.name(3_000, 1), 0)).noneMatch(path -> path.toString().endsWith(".part"));
        // Nor does it harm a state that is there already.
        assertRefused("full", () -> store.saveGroup(later.name(), 0, 2_000, new GroupHistory(), full));
        assertWhole(later);
      }
    }
    assertThat(store.complete()).containsExactly(later, earlier);
  }

  private static void writeSome(OutputStream out, int bytes) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    for (int i = 0; i < bytes; i++) {
      data.write(i);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> !Files.isDirectory(path)).toList();
    }
  }

  /** Linux has a file that is always full. */
  @Test
  void aFullDiskIsNamed() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    String name = Checkpoint.name(3_000, 1);
    Files.createDirectories(directory.resolve(name));
    Path part = Files.createSymbolicLink(directory.resolve(name).resolve("group-0.state.part"), full);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> saveByte(name, 0, 3_000))
        .withMessageContaining("No space left on device");
    assertThat(Files.isSymbolicLink(part)).isFalse();
    saveByte(name, 0, 3_000);
    saveByte(name, 1, 3_000);
    Path complete = Files.createSymbolicLink(directory.resolve(name).resolve("complete.part"), full);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> store.complete(name, 3_000, GROUPS))
        .withMessageContaining("No space left on device");
    assertThat(Files.isSymbolicLink(complete)).isFalse();
    assertThat(store.complete()).containsExactly(later, earlier);
    assertWhole(earlier);
  }

  @Test
  void theLastTwoAreKeptWithWhatIsBeingWritten() {
    saveByte(Checkpoint.name(1_500, 1), 0, 1_500);
    saveByte(Checkpoint.name(9_000, 1), 0, 9_000);
    Checkpoint third = save(3_000, 1);
    Checkpoint fourth = save(3_000, 2);
    assertThat(store.complete()).containsExactly(fourth, third);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder(third.name(), fourth.name(), Checkpoint.name(9_000, 1));
    assertWhole(third);
    assertWhole(fourth);
  }

  @Test
  void aDiscardedCheckpointIsGone() {
    store.discard(later.name());
    assertThat(store.complete()).containsExactly(earlier);
    assertThat(directory.toFile().list()).containsExactly(earlier.name());
    store.discard(later.name());
    assertWhole(earlier);
  }

  /** A directory where a file should be is such a thing: it is there, and reading it is an error that says nothing about damage. */
  private static void hide(Path file, boolean hidden) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".aside");
    if (hidden) {
      Files.move(file, aside);
      Files.createDirectory(file);
    } else {
      Files.delete(file);
      Files.move(aside, file);
    }
  }

  @Test
  void whatCannotBeReadNowIsNotDamaged() throws IOException {
    for (Path file : List.of(file(later.name(), 0), directory.resolve(later.name()).resolve("complete"))) {
      hide(file, true);
      ThrowingCallable attempt = file.endsWith("complete") ? store::complete : () -> load(later, 0);
      assertThatExceptionOfType(UnreadableCheckpointException.class).isThrownBy(attempt).withMessageContaining(later.name());
      hide(file, false);
      assertWhole(later);
    }
  }

  /** As a member sees it that has another directory than the others; a group alone that is missing is lost. */
  @Test
  void aCheckpointThatIsNotSeenAtAllIsNotDamaged() throws IOException {
    Path aside = Files.move(directory.resolve(later.name()), directory.resolve("aside"));
    assertThatExceptionOfType(UnreadableCheckpointException.class).isThrownBy(() -> load(later, 0))
        .withMessageContaining("the same directory");
    Files.move(aside, directory.resolve(later.name()));
    Files.delete(file(later.name(), 0));
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> load(later, 0))
        .isNotInstanceOf(UnreadableCheckpointException.class);
  }

  @Test
  void nothingIsRemovedWhileItCannotBeToldWhatIsNeeded() throws IOException {
    Checkpoint third = save(3_000, 1);
    hide(file(third.name(), 0), true);
    save(4_000, 1);
    assertWhole(later);
    hide(file(third.name(), 0), false);
    save(5_000, 1);
    assertThat(directory.resolve(later.name())).doesNotExist();
  }

  @Test
  void thereIsNothingInADirectoryThatDoesNotExist() {
    assertThat(new CheckpointStore(directory.resolve("none"), IDENTITY).complete()).isEmpty();
  }
}
