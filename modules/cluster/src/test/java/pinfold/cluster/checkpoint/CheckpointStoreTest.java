package pinfold.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
  /** Magic, format, identity with its length, group, time: what the class comment says. */
  private static final int HEAD_BYTES = 8 + 4 + 2 + IDENTITY.length() + 4 + 8;

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
      long bytes = store.saveGroup(name, group, nowNanos, out -> out.write(payload));
      assertThat(file(name, group)).hasSize(bytes);
    }
    return store.complete(name, nowNanos, GROUPS);
  }

  private static byte[] payload(long nowNanos, int group) {
    byte[] payload = new byte[3_000 + 50 * group];
    new Random(nowNanos + group).nextBytes(payload);
    return payload;
  }

  private Path file(String name, int group) {
    return directory.resolve(name).resolve("group-" + group + ".state");
  }

  private byte[] load(Checkpoint checkpoint, int group) {
    return store.loadGroup(checkpoint, group, in -> in.readAllBytes());
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
    int available = store.loadGroup(later, 0, in -> in.available());
    assertThat(available).isEqualTo(3_000);
  }

  @Test
  void aStateOfAnyOtherLengthIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file(later.name(), 1));
    assertThat(whole).hasSize(HEAD_BYTES + 3_050 + 8);
    for (int length = 0; length < whole.length; length += length < HEAD_BYTES + 10 || length > whole.length - 20 ? 1 : 97) {
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
      // All of them in header and trailer, one in thirty in the payload.
      if (at < HEAD_BYTES || at >= whole.length - 8 || random.nextInt(30) == 0) {
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
    damaged[damaged.length - 9] ^= 1;
    Files.write(file(later.name(), 0), damaged);
    boolean[] reads = new boolean[1];
    assertRefused("damaged", () -> store.loadGroup(later, 0, in -> reads[0] = true));
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
    store.saveGroup(name, 0, 3_000, out -> out.write(1));
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> store.complete(name, 3_000, GROUPS))
        .withMessageContaining("group 1");
    assertThat(store.complete()).containsExactly(later, earlier);
  }

  @Test
  void statesOfAnotherRunOrBuildAreRefused() {
    for (String identity : List.of("build-1/fedcba9876543210", "build-2/0123456789abcdef", "")) {
      CheckpointStore other = new CheckpointStore(directory, identity);
      assertThat(other.complete()).as(identity).isEmpty();
      assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> other.loadGroup(later, 0, in -> 0))
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
        .withMessageContaining("format " + (CheckpointStore.FORMAT + 1));
    Path done = directory.resolve(later.name()).resolve("complete");
    Files.writeString(done, Files.readString(done).replace("format " + CheckpointStore.FORMAT, "format 999"));
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
        WholeFile.Writer full = out -> {
          writeSome(out, bytes);
          if (wrapped != null) {
            throw wrapped;
          }
          throw new IOException("No space left on device");
        };
        assertThatExceptionOfType(CheckpointException.class)
            .isThrownBy(() -> store.saveGroup(Checkpoint.name(3_000, 1), 0, 3_000, full)).withMessageContaining("No space left on device");
        assertThat(files()).doesNotContain(file(Checkpoint.name(3_000, 1), 0)).noneMatch(path -> path.toString().endsWith(".part"));
        // Nor does it harm a state that is there already.
        assertRefused("full", () -> store.saveGroup(later.name(), 0, 2_000, full));
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
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> store.saveGroup(name, 0, 3_000, out -> out.write(1)))
        .withMessageContaining("No space left on device");
    assertThat(Files.isSymbolicLink(part)).isFalse();
    store.saveGroup(name, 0, 3_000, out -> out.write(1));
    store.saveGroup(name, 1, 3_000, out -> out.write(1));
    Path complete = Files.createSymbolicLink(directory.resolve(name).resolve("complete.part"), full);
    assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> store.complete(name, 3_000, GROUPS))
        .withMessageContaining("No space left on device");
    assertThat(Files.isSymbolicLink(complete)).isFalse();
    assertThat(store.complete()).containsExactly(later, earlier);
    assertWhole(earlier);
  }

  @Test
  void theLastTwoAreKeptWithWhatIsBeingWritten() {
    store.saveGroup(Checkpoint.name(1_500, 1), 0, 1_500, out -> out.write(1));
    store.saveGroup(Checkpoint.name(9_000, 1), 0, 9_000, out -> out.write(1));
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

  @Test
  void thereIsNothingInADirectoryThatDoesNotExist() {
    assertThat(new CheckpointStore(directory.resolve("none"), IDENTITY).complete()).isEmpty();
  }
}
