package pinfold.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.files.FileMessage;
import pinfold.cluster.member.ClusterMessage;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.cluster.member.Work;
import pinfold.cluster.round.RoundMessage;
import pinfold.engine.EventBatch;
import pinfold.engine.Host.Outcome;

/** Messages go through the serialization of an actor system that is set up as a member's. */
class ClusterSerializerTest {
  /** Sent within one member alone, or only as a part of others: they never leave the JVM by themselves. */
  private static final Set<Class<?>> OWN =
      Set.of(ClusterMessage.ManagerIs.class, ClusterMessage.Tick.class, ClusterMessage.GoOn.class,
          ClusterMessage.Ran.class, ClusterMessage.MemberCame.class, ClusterMessage.Then.class, ClusterMessage.Fetched.class,
          FileMessage.KeepByAll.class, FileMessage.KeepBySome.class, FileMessage.Survey.class, FileMessage.Fetch.class,
          FileMessage.DiscardByAll.class, FileMessage.MemberCame.class, FileMessage.MemberGone.class, FileMessage.Tick.class);

  /** What members of one cluster agree on. A number is never given to another class. */
  private static final String NUMBERS = """
      20 ActorRef
      21 EventBatch
      22 long[]
      23 int[]
      24 byte[]
      25 ArrayList
      26 TreeMap
      27 ListN
      28 List12
      40 RoundMessage
      41 Checkpoint
      42 RunSpec
      43 RunState
      44 Outcome
      45 Work
      50 WhereAreYou
      51 GroupIsAt
      52 GroupLeaves
      53 Release
      54 Leave
      55 Begin
      56 PartReady
      57 Go
      58 Round
      59 SayAgain
      60 SaveAll
      61 GroupSaved
      62 PartProgress
      63 PartFailed
      64 PartDone
      65 Abort
      66 Submit
      67 AskStatus
      68 Resume
      69 RunStatus
      70 SaveNow
      79 FilesMissing
      80 Chunk
      81 ChunkTaken
      82 FileRefused
      83 WhatHaveYou
      84 Have
      85 SendFile
      86 NoSuchFile
      87 Discard
      88 HeldRun
      """;

  private static ActorSystem<Void> system;
  private static ActorRef<ClusterMessage> someone;
  private static Serialization serialization;
  private static ClusterSerializer serializer;

  @BeforeAll
  static void start() {
    system = ActorSystem.create(Behaviors.empty(), "pinfold", ConfigFactory.parseString("""
        pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
        """).withFallback(ConfigFactory.parseResources(ClusterSerializer.class, "/pinfold/cluster/cluster.conf"))
        .withFallback(ConfigFactory.defaultReference()).resolve());
    someone = system.systemActorOf(Behaviors.<ClusterMessage>ignore(), "someone", Props.empty());
    serialization = SerializationExtension.get(Adapter.toClassic(system));
    serializer = new ClusterSerializer((ExtendedActorSystem) Adapter.toClassic(system));
  }

  @AfterAll
  static void stop() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }

  private static EventBatch batch() {
    EventBatch batch = new EventBatch(3, 700);
    batch.open(5_000, 7).add(-1).add(Long.MAX_VALUE).close();
    batch.open(6_000, 8).close();
    return batch;
  }

  /** One of each, with nothing where there may be nothing. */
  private static List<Object> messages() {
    String run = "0123456789abcdef";
    String member = "pekko://pinfold@10.0.0.1:7400";
    RunSpec spec = new RunSpec("small", "linux-6.12", -7, true,
        new TreeMap<>(Map.of("scenarios/small.conf", "name = klein, größer, 更大 \ud83d\ude00\n", "variants/linux-6.12.conf", "")));
    RoundMessage round = new RoundMessage(1, 1L << 40, 5_000, Long.MAX_VALUE, Long.MAX_VALUE, 1,
        new ArrayList<>(List.of(batch(), new EventBatch(0, 0))));
    return List.of(
        new ClusterMessage.WhereAreYou(run, 1, 3, someone),
        new ClusterMessage.GroupIsAt(run, 1, 3, someone),
        new ClusterMessage.GroupLeaves(run, 3, someone),
        new ClusterMessage.Release(),
        new ClusterMessage.Leave(),
        new ClusterMessage.Begin(run, 2, spec, 1, 2, new int[] {0, 1, 1, 0}, 7, new Checkpoint("name", 5, 4)),
        new ClusterMessage.Begin(run, 2, spec, 1, 2, new int[0], 0, null),
        new ClusterMessage.PartReady(run, 2, 0, someone),
        new ClusterMessage.Go(2, List.of(someone)),
        new ClusterMessage.Go(2, List.of(someone, someone, someone)),
        new ClusterMessage.Round(2, round, null),
        new ClusterMessage.SayAgain(2, 0, 17),
        new ClusterMessage.SaveAll(2),
        new ClusterMessage.GroupSaved(run, 2, "name", 5_000, 1, 1L << 33, 12),
        new ClusterMessage.PartProgress(run, 2, 1, someone, someone, 7, 5_000, 8_000, 9, 1L << 40, 77,
            new Work(new long[] {3, 0}, new long[] {5, 6}), true),
        new ClusterMessage.PartFailed(run, 2, 1, "why", null, false),
        new ClusterMessage.PartFailed(run, 2, 1, "", "name", true),
        new ClusterMessage.PartDone(run, 2, 1, Outcome.STOPPED, 5_000, 9,
            new ArrayList<>(List.of(new long[] {1, -2}, new long[0])), new byte[] {1, 2, 3}),
        new ClusterMessage.Abort(2),
        new ClusterMessage.Submit(spec, someone),
        new ClusterMessage.AskStatus(run, someone),
        new ClusterMessage.Resume(run, someone),
        new ClusterMessage.SaveNow(run, someone),
        new ClusterMessage.RunStatus(run, RunState.RUNNING, 2, 5_000, -1, 9, 0.25, 3, ""),
        new ClusterMessage.FilesMissing(run, 2, 1, "name", List.of("a", "b", "c")),
        new FileMessage.Chunk(member, run + "/spec", 2, 1L << 33, 1L << 20, new byte[] {1, 2, 3}, 0xFFFF_FFFFL),
        new FileMessage.ChunkTaken(member, run + "/spec", 1L << 20, true),
        new FileMessage.FileRefused(member, run + "/spec", "why"),
        new FileMessage.WhatHaveYou(member, 7, run, ""),
        new FileMessage.Have(member, 7, new ArrayList<>(List.of(new FileMessage.HeldRun(run, 2, new ArrayList<>(List.of("a"))))), true),
        new FileMessage.SendFile(member, run + "/spec"),
        new FileMessage.NoSuchFile(member, run + "/spec"),
        new FileMessage.Discard(member, run, 2, "name"));
  }

  private static byte[] bytes(Object message) {
    return serialization.serialize(message).get();
  }

  private static Object read(byte[] bytes) {
    return serialization.deserialize(bytes, serializer.identifier(), "").get();
  }

  @Test
  void everyMessageComesBackAsItWas() {
    for (Object message : messages()) {
      assertThat(serialization.findSerializerFor(message)).isInstanceOf(ClusterSerializer.class);
      byte[] bytes = bytes(message);
      Object read = read(bytes);
      assertThat(same(message, read)).as("%s read as %s", message, read).isTrue();
      assertThat(bytes(read)).isEqualTo(bytes);
    }
  }

  private static boolean same(Object a, Object b) {
    if (a == null || b == null) {
      return a == b;
    }
    if (a instanceof List<?> list && b instanceof List<?> other) {
      return list.size() == other.size() && IntStream.range(0, list.size()).allMatch(i -> same(list.get(i), other.get(i)));
    }
    if (a.getClass() != b.getClass()) {
      return false;
    }
    if (a.getClass().isArray()) {
      return same(elements(a), elements(b));
    }
    if (a instanceof EventBatch one && b instanceof EventBatch two) {
      return one.origin() == two.origin() && one.destination() == two.destination() && one.size() == two.size()
          && one.earliestNanos() == two.earliestNanos() && Arrays.equals(one.words(), 0, one.length(), two.words(), 0, two.length());
    }
    return a instanceof Record ? same(components(a), components(b)) : a.equals(b);
  }

  private static List<Object> elements(Object array) {
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      elements.add(Array.get(array, i));
    }
    return elements;
  }

  private static List<Object> components(Object object) {
    List<Object> values = new ArrayList<>();
    for (RecordComponent component : object.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        values.add(component.getAccessor().invoke(object));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
    return values;
  }

  @Test
  void everyMessageThatTravelsIsTested() {
    Set<Class<?>> travel = Stream.of(ClusterMessage.class, FileMessage.class)
        .flatMap(type -> Arrays.stream(type.getPermittedSubclasses())).filter(type -> !OWN.contains(type))
        .collect(Collectors.toSet());
    assertThat(messages().stream().map(Object::getClass).collect(Collectors.<Class<?>>toSet())).isEqualTo(travel);
  }

  @Test
  void whatIsSentToOneselfAloneCannotBeSent() {
    for (Object own : List.of(new FileMessage.Tick(), new FileMessage.MemberGone("a"),
        new ClusterMessage.Tick(), new ClusterMessage.GoOn(),
        new ClusterMessage.Ran(() -> {}))) {
      assertThat(OWN).contains(own.getClass());
      assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> serializer.toBinary(own))
          .withMessageContaining("not registered");
    }
  }

  @Test
  void numbersStayWhatTheyAre() {
    Kryo kryo = serializer.kryo();
    StringBuilder numbers = new StringBuilder();
    for (int number = 10; number < 1_000; number++) {
      Registration registration = kryo.getRegistration(number);
      if (registration != null) {
        numbers.append(number).append(' ').append(registration.getType().getSimpleName()).append('\n');
      }
    }
    assertThat(numbers.toString()).isEqualTo(NUMBERS);
  }

  /** As written by version 0.1. */
  @Test
  void messagesOfEarlierBuildsAreRead() {
    Map<String, ClusterMessage> samples = Map.of(
        "37", new ClusterMessage.Release(),
        "3d040022", new ClusterMessage.SayAgain(2, 0, 17),
        "3f808080804001046e616d650402904e01103031323334353637383961626364656618",
        new ClusterMessage.GroupSaved("0123456789abcdef", 2, "name", 5_000, 1, 1L << 33, 12),
        "4704060102c3bc904e12011030313233343536373839616263646566c03e03000000000000d03f",
        new ClusterMessage.RunStatus("0123456789abcdef", RunState.RUNNING, 2, 5_000, 4_000, 9, 0.25, 3, "ü"),
        "3c04011b011703000000bc0200000688130000000000000200000007000000ffffffffffffffffff"
            + "ffffffffffff7f7017000000000000000000000800000002904e0222feffffffffffffffffe05d",
        new ClusterMessage.Round(2,
            new RoundMessage(1, 17, 5_000, Long.MAX_VALUE, 6_000, 1, new ArrayList<>(List.of(batch()))), null));
    samples.forEach((hex, message) -> {
      assertThat(HexFormat.of().formatHex(bytes(message))).as("%s", message).isEqualTo(hex);
      assertThat(same(message, read(HexFormat.of().parseHex(hex)))).as("%s", message).isTrue();
    });
  }

  /** Either a message or a clear refusal. */
  private static boolean isRefused(byte[] bytes, String what) {
    try {
      assertThat(serializer.fromBinary(bytes)).as(what).isInstanceOfAny(ClusterMessage.class, FileMessage.class);
      return false;
    } catch (IllegalArgumentException e) {
      assertThat(e).as(what).hasMessageContaining("not a message of ours");
      return true;
    } catch (Throwable e) {
      throw new AssertionError(what, e);
    }
  }

  @Test
  void messagesThatAreCutOrTooLongAreRefused() {
    for (Object message : messages()) {
      byte[] bytes = bytes(message);
      for (int length = 0; length < bytes.length; length++) {
        String what = length + " bytes of " + message;
        assertThat(isRefused(Arrays.copyOf(bytes, length), what)).as(what).isTrue();
      }
      assertThat(isRefused(Arrays.copyOf(bytes, bytes.length + 1), "one more than " + message)).as("%s", message).isTrue();
    }
  }

  @Test
  void messagesWithFlippedBitsAreRefusedOrRead() {
    int refused = 0;
    for (Object message : messages()) {
      byte[] bytes = bytes(message);
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        byte[] damaged = bytes.clone();
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        refused += isRefused(damaged, "bit " + bit + " of " + message) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void garbageIsRefused() {
    int refused = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] garbage = new byte[random.nextInt(1, 200)];
      random.nextBytes(garbage);
      if (seed % 2 == 0) {
        garbage[0] = (byte) (22 + random.nextInt(70)); // The number of one of our classes, counted from 2 on as Kryo does.
      }
      refused += isRefused(garbage, "seed " + seed) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(19_000);
  }

  @Test
  void lengthsAreCheckedBeforeThereIsMemoryForThem() {
    for (int number : List.of(1, 20, 22, 23, 24, 25, 27, 28)) {
      for (int length : new int[] {1_000, Integer.MAX_VALUE, -1}) {
        Output output = new Output(64);
        output.writeVarInt(number + 2, true);
        output.writeVarInt(length, true);
        output.writeLong(0);
        assertThatExceptionOfType(IllegalArgumentException.class).as("class %d, length %d", number, length)
            .isThrownBy(() -> serializer.fromBinary(output.toBytes())).withMessageContaining("length");
      }
    }
  }

  @Test
  void nothingButOurOwnIsRead() {
    Output byName = new Output(128);
    byName.writeVarInt(1, true);
    byName.writeVarInt(0, true);
    byName.writeString("java.util.concurrent.ThreadPoolExecutor");
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> serializer.fromBinary(byName.toBytes()))
        .withMessageContaining("by name");
    for (Object part : List.of(new long[] {1}, new Checkpoint("name", 1, 1), new FileMessage.HeldRun("run", 1, List.of()),
        RunState.DONE, "text", 7)) {
      assertThat(isRefused(kryoBytes(part), part.toString())).as("%s alone", part).isTrue();
    }
    for (Object stranger : List.of(new Thread(), Stream.of(1), Path.of("a"))) {
      assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> serializer.toBinary(stranger));
    }
  }

  @Test
  void bytesOfARoundAreCountedWhereTheyAreWritten() {
    LongAdder sentBytes = new LongAdder();
    RoundMessage round = new RoundMessage(1, 17, 5_000, Long.MAX_VALUE, 6_000, 1, new ArrayList<>(List.of(batch())));
    long expected = 0;
    for (int i = 0; i < 3; i++) {
      expected += bytes(new ClusterMessage.Round(2, round, sentBytes)).length;
    }
    bytes(new ClusterMessage.SayAgain(2, 0, 17));
    assertThat(sentBytes.sum()).isEqualTo(expected).isGreaterThan(3 * batch().length() * 8L);
  }

  private static byte[] kryoBytes(Object object) {
    Output output = new Output(128);
    serializer.kryo().writeClassAndObject(output, object);
    return output.toBytes();
  }

  @Test
  void sizesAreBounded() {
    ClusterMessage large = new ClusterMessage.PartDone("run", 1, 0, Outcome.STOPPED, 0, 0, List.of(),
        new byte[ClusterSerializer.MOST_BYTES]);
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> serializer.toBinary(large))
        .withMessageContaining("PartDone").withMessageContaining("" + ClusterSerializer.MOST_BYTES);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> serializer.fromBinary(new byte[ClusterSerializer.MOST_BYTES + 1]))
        .withMessageContaining("" + ClusterSerializer.MOST_BYTES);
    assertThat((long) ClusterSerializer.MOST_BYTES)
        .isLessThan(system.settings().config().getBytes("pekko.remote.artery.advanced.maximum-frame-size"));
  }

  /** Objects in objects without end. */
  @Test
  void nestingIsRefused() {
    Output nested = new Output(1 << 20);
    while (nested.position() < (1 << 20) - 8) {
      nested.writeVarInt(25 + 2, true);
      nested.writeVarInt(1, true);
    }
    assertThat(isRefused(nested.getBuffer(), "nested lists")).isTrue();
  }
}
