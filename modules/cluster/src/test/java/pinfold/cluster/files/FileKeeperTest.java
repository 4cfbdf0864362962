package pinfold.cluster.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;
import pinfold.cluster.files.FileMessage.Chunk;
import pinfold.cluster.files.FileMessage.ChunkTaken;
import pinfold.cluster.files.FileMessage.FileRefused;
import pinfold.cluster.files.MemoryMembers.Member;

/** Keepers of files without actors; what they say to each other is lost, doubled and reordered by seed. */
class FileKeeperTest {
  private static final String RUN = "0123456789abcdef";
  private static final String CHECKPOINT = RUN + "/checkpoints/0000000000000005000-000001/";
  private static final String STATE = CHECKPOINT + "group-0.state";
  private static final int SEEDS = 40;

  @TempDir Path directory;

  private static byte[] bytes(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  private MemoryMembers calm(int members, int copies) {
    return new MemoryMembers(directory, members, copies, 1, 0);
  }

  private static long holders(MemoryMembers members, int count, String file) {
    return IntStream.range(0, count).filter(i -> members.get(i).read(file) != null).count();
  }

  @Test
  void whateverIsLostOrDoubledEveryFileArrivesAsItWas() {
    int lost = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      MemoryMembers members = new MemoryMembers(directory.resolve("seed-" + seed), 4, 2, seed, 0.2);
      byte[] state = bytes(random, 100);
      byte[] spec = bytes(random, 100);
      List<Object> said = new ArrayList<>();
      members.get(1).write(STATE, state);
      members.get(1).write(RUN + "/spec", spec);
      members.get(1).handle(new FileMessage.KeepBySome(List.of(STATE), 0, () -> said.add("kept")));
      members.get(1).handle(new FileMessage.KeepByAll(RUN + "/spec", 0, said::add));
      members.run();
      assertThat(said).as("seed %d", seed).containsExactlyInAnyOrder("kept", true);
      for (int i = 0; i < 4; i++) {
        // Two more have the state: those after the writer in the list.
        assertThat(members.get(i).read(STATE)).as("seed %d member %d", seed, i).isEqualTo(i == 0 ? null : state);
        assertThat(members.get(i).read(RUN + "/spec")).as("seed %d member %d", seed, i).isEqualTo(spec);
      }
      members.get(0).handle(new FileMessage.Fetch(List.of(STATE, RUN + "/result"), said::add));
      members.run();
      assertThat(members.get(0).read(STATE)).as("seed %d", seed).isEqualTo(state);
      assertThat(said.getLast()).as("seed %d", seed).isEqualTo(List.of(RUN + "/result"));
      assertThat(parts()).as("seed %d", seed).isEmpty();
      lost += members.lost;
    }
    assertThat(lost).isGreaterThan(10 * SEEDS);
  }

  private List<Path> parts() {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> path.toString().endsWith(".part")).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aHolderThatIsLostIsReplacedByTheNext() {
    MemoryMembers members = calm(4, 1);
    members.get(0).write(STATE, new byte[40]);
    List<String> said = new ArrayList<>();
    members.unreachable.add("member-1");
    members.get(0).handle(new FileMessage.KeepBySome(List.of(STATE), 0, () -> said.add("first")));
    members.run();
    assertThat(said).containsExactly("first");
    assertThat(members.get(2).read(STATE)).hasSize(40);
    // Cut off when it had been chosen already.
    members.unreachable.clear();
    String second = STATE.replace("group-0", "group-1");
    members.get(0).write(second, new byte[40]);
    members.get(0).handle(new FileMessage.KeepBySome(List.of(second), 0, () -> said.add("second")));
    members.unreachable.add("member-1");
    members.run();
    assertThat(said).containsExactly("first");
    members.remove("member-1");
    members.run();
    assertThat(said).containsExactly("first", "second");
    assertThat(members.get(2).read(second)).hasSize(40);
  }

  @Test
  void withoutEnoughMembersItGoesOnWithThoseThatAreThere() {
    MemoryMembers members = calm(1, 2);
    members.get(0).write(STATE, new byte[40]);
    List<Object> said = new ArrayList<>();
    members.get(0).handle(new FileMessage.KeepBySome(List.of(STATE), 0, () -> said.add("kept")));
    members.get(0).handle(new FileMessage.KeepByAll(STATE, 0, said::add));
    assertThat(said).containsExactly("kept", true);
  }

  @Test
  void moreThanHalfIsCountedOfAllThatAreUp() {
    MemoryMembers members = calm(4, 1);
    members.get(0).write(RUN + "/epoch", new byte[] {0, 0, 0, 1});
    members.unreachable.addAll(List.of("member-2", "member-3"));
    List<Object> said = new ArrayList<>();
    members.get(0).handle(new FileMessage.KeepByAll(RUN + "/epoch", 1, said::add));
    members.run();
    assertThat(said).as("two of four").isEmpty();
    members.remove("member-3");
    members.run();
    assertThat(said).as("two of three").containsExactly(true);
  }

  @Test
  void whatALaterEpochKnowsIsNotOverwrittenByAnEarlier() {
    MemoryMembers members = calm(3, 1);
    List<Object> said = new ArrayList<>();
    members.get(0).write(RUN + "/epoch", new byte[] {0, 0, 0, 4});
    for (int i = 1; i < 3; i++) {
      members.get(i).write(RUN + "/epoch", new byte[] {0, 0, 0, 5});
    }
    members.get(0).handle(new FileMessage.KeepByAll(RUN + "/epoch", 4, said::add));
    members.get(0).write(CHECKPOINT + "complete", new byte[1]);
    members.get(0).handle(new FileMessage.KeepByAll(CHECKPOINT + "complete", 4, said::add));
    members.run();
    assertThat(said).containsExactly(false, false);
    assertThat(members.get(1).epoch(RUN)).isEqualTo(5);
    assertThat(members.get(1).read(CHECKPOINT + "complete")).isNull();
    members.get(0).handle(new FileMessage.DiscardByAll(RUN, 4, "0000000000000005000-000001"));
    members.get(1).write(CHECKPOINT + "complete", new byte[1]);
    members.run();
    assertThat(members.get(1).read(CHECKPOINT + "complete")).hasSize(1);
    // One that was away asks for what it has not got, whatever the epoch of whoever has it.
    members.get(1).handle(new FileMessage.Survey(RUN, surveyed -> said.add(surveyed.epochElsewhere(RUN))));
    members.get(0).write(RUN + "/spec", new byte[3]);
    members.run();
    assertThat(members.get(1).read(RUN + "/spec")).hasSize(3);
    assertThat(said.getLast()).isEqualTo(5);
  }

  @Test
  void aSurveyTellsWhatOthersHaveAndBringsSmallFiles() {
    MemoryMembers members = calm(3, 1);
    members.get(0).write(RUN + "/epoch", new byte[] {0, 0, 0, 2});
    members.get(1).write(RUN + "/epoch", new byte[] {0, 0, 0, 7});
    members.get(1).write(RUN + "/spec", new byte[50]);
    members.get(2).write(STATE, new byte[50]);
    members.get(2).write(CHECKPOINT + "complete", new byte[5]);
    members.get(2).write(RUN + "/checkpoints/whatever", new byte[5]);
    List<Surveyed> said = new ArrayList<>();
    for (String run : List.of("", RUN)) {
      members.get(0).handle(new FileMessage.Survey(run, said::add));
      members.run();
      Surveyed surveyed = said.removeLast();
      assertThat(surveyed.epochElsewhere(RUN)).isEqualTo(7);
      assertThat(surveyed.has()).accepts(members.get(0).file(STATE), members.get(0).file(RUN + "/spec"))
          .rejects(members.get(0).file(STATE.replace("group-0", "group-1")));
    }
    assertThat(members.get(0).read(RUN + "/spec")).hasSize(50);
    assertThat(members.get(0).read(CHECKPOINT + "complete")).hasSize(5);
    assertThat(members.get(0).read(STATE)).as("states stay until somebody needs them").isNull();
    assertThat(members.get(0).epoch(RUN)).isEqualTo(2);
  }

  /** More runs than one answer holds. */
  @Test
  void aLongListComesInPieces() {
    MemoryMembers members = calm(2, 1);
    int runs = 40;
    for (int i = 0; i < runs; i++) {
      members.get(1).write("%016x/spec".formatted(i), new byte[1]);
      for (int group = 0; group < 6; group++) {
        members.get(1).write("%016x/checkpoints/0000000000000005000-000001/group-%d.state".formatted(i, group), new byte[0]);
      }
    }
    List<Surveyed> said = new ArrayList<>();
    members.get(0).handle(new FileMessage.Survey("", said::add));
    members.run();
    assertThat(said).hasSize(1);
    for (int i = 0; i < runs; i++) {
      assertThat(members.get(0).read("%016x/spec".formatted(i))).as("run %d", i).hasSize(1);
    }
  }

  @Test
  void whoComesGivesAndIsGiven() {
    MemoryMembers members = calm(1, 1);
    members.get(0).write(RUN + "/spec", new byte[9]);
    Member late = members.add("member-1");
    late.write(RUN + "/result", new byte[9]);
    late.handle(new FileMessage.MemberCame("member-0"));
    members.get(0).handle(new FileMessage.MemberCame("member-1"));
    members.run();
    assertThat(holders(members, 2, RUN + "/spec")).isEqualTo(2);
    assertThat(holders(members, 2, RUN + "/result")).isEqualTo(2);
  }

  @Test
  void whereACompleteCheckpointArrivesOldOnesMayGo() {
    MemoryMembers members = calm(2, 1);
    members.get(0).write(CHECKPOINT + "complete", new byte[9]);
    members.get(0).handle(new FileMessage.KeepByAll(CHECKPOINT + "complete", 1, kept -> {}));
    members.run();
    assertThat(members.get(1).oldRemoved).containsExactly(RUN);
    members.get(1).handle(new FileMessage.DiscardByAll(RUN, 1, "0000000000000005000-000001"));
    members.run();
    assertThat(members.get(0).read(CHECKPOINT + "complete")).isNull();
  }

  @Test
  void thatOldOnesCannotGoIsNoReasonToDenyTheNewOne() {
    MemoryMembers members = calm(2, 1);
    members.get(1).unreadable = true;
    members.get(0).write(CHECKPOINT + "complete", new byte[9]);
    List<Object> said = new ArrayList<>();
    members.get(0).handle(new FileMessage.KeepByAll(CHECKPOINT + "complete", 1, said::add));
    members.run();
    assertThat(said).containsExactly(true);
    assertThat(members.get(1).read(CHECKPOINT + "complete")).hasSize(9);
  }

  private static Chunk chunk(String file, long size, long at, byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(new byte[(int) Math.max(0, Math.min(at, 100))]); // What is before it is zeros.
    sum.update(bytes);
    return new Chunk("member-1", file, 1, size, at, bytes, sum.getValue());
  }

  private FileReceiver receiver() {
    Member member = calm(2, 1).get(0);
    return new FileReceiver("member-0", member, file -> false, file -> {}, NOPLogger.NOP_LOGGER);
  }

  @Test
  void aFileThatArrivesDamagedIsRefused() {
    Path file = directory.resolve("member-0").resolve(STATE);
    for (int bit = 0; bit < 80; bit++) {
      FileReceiver receiver = receiver();
      assertThat(receiver.receive(chunk(STATE, 20, 0, new byte[10]))).isEqualTo(new ChunkTaken("member-0", STATE, 10, false));
      Chunk second = chunk(STATE, 20, 10, new byte[10]);
      second.bytes()[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(receiver.receive(second)).isInstanceOfSatisfying(FileRefused.class,
          refused -> assertThat(refused.why()).contains("damaged"));
      assertThat(file).doesNotExist();
      assertThat(parts()).isEmpty();
    }
    FileReceiver receiver = receiver();
    receiver.receive(chunk(STATE, 20, 0, new byte[10]));
    assertThat(file).as("half of it").doesNotExist();
    assertThat(receiver.receive(chunk(STATE, 20, 10, new byte[10]))).isEqualTo(new ChunkTaken("member-0", STATE, 20, true));
    assertThat(file).hasSize(20);
  }

  @Test
  void onlyFilesOfARunDirectoryAreTakenGivenOrListed() throws IOException {
    Files.write(directory.resolve("secret"), new byte[3]);
    for (String stranger : List.of("../secret", "/etc/passwd", "secret", "", ".", RUN, RUN + "/", RUN + "/../../secret", RUN + "/specs",
        RUN + "/spec/", RUN + "/./spec", RUN + "//spec", RUN.toUpperCase(Locale.ROOT) + "/spec", RUN + "/spec\n",
        RUN + "/checkpoints/../spec", CHECKPOINT + "../complete", CHECKPOINT + "group-.state", CHECKPOINT + "group--1.state",
        CHECKPOINT + "group-0.state.part", CHECKPOINT + "complete.part", RUN + "/checkpoints/now/complete",
        RUN + "\\spec", "C:/" + RUN + "/spec")) {
      assertThat(receiver().receive(chunk(stranger, 1, 0, new byte[1]))).as(stranger).isInstanceOf(FileRefused.class);
      MemoryMembers members = calm(2, 1);
      members.get(1).handle(new FileMessage.SendFile("member-0", stranger));
      members.get(1).handle(new FileMessage.WhatHaveYou("member-0", 0, stranger.isEmpty() ? ".." : stranger, ""));
      members.get(1).handle(new FileMessage.Discard("member-0", stranger, 1, stranger));
      members.run();
    }
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all.filter(Files::isRegularFile)).containsExactly(directory.resolve("secret"));
    }
  }

  @Test
  void sizesAreBounded() {
    assertThat(receiver().receive(chunk(RUN + "/spec", 1L << 31, 0, new byte[1]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, 1L << 41, 0, new byte[1]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, 1L << 31, 0, new byte[FileMessage.MOST_CHUNK_BYTES + 1]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, 5, 0, new byte[6]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, 5, -1, new byte[6]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, 5, 0, new byte[0]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, -1, 0, new byte[0]))).isInstanceOf(FileRefused.class);
    assertThat(receiver().receive(chunk(STATE, 0, 0, new byte[0]))).isEqualTo(new ChunkTaken("member-0", STATE, 0, true));
  }

  /** It says it is somebody that nobody knows. */
  @Test
  void whoIsNoMemberIsNotListenedTo() {
    MemoryMembers members = calm(1, 1);
    Member only = members.get(0);
    only.write(RUN + "/epoch", ByteBuffer.allocate(4).putInt(1).array());
    only.handle(chunk(STATE, 1, 0, new byte[1]));
    only.handle(new FileMessage.Discard("member-1", RUN, 9, "0000000000000005000-000001"));
    assertThat(only.read(STATE)).isNull();
  }
}
