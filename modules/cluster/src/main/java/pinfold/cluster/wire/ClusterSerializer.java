package pinfold.cluster.wire;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.util.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.serialization.JSerializer;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.codec.BoundedSerializers;
import pinfold.cluster.codec.NumberedClasses;
import pinfold.cluster.files.FileMessage;
import pinfold.cluster.member.ClusterMessage;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.cluster.member.Work;
import pinfold.cluster.round.RoundMessage;
import pinfold.engine.EventBatch;
import pinfold.engine.Host.Outcome;

/**
 * The wire format between members: our own messages and nothing else, each class with a fixed number. Long arrays are written at fixed
 * length. Bytes beyond {@link #MOST_BYTES} are refused in both directions.
 */
public final class ClusterSerializer extends JSerializer {
  /** The largest message; below the frame size of the transport. */
  public static final int MOST_BYTES = 60 << 20;

  /** Objects within objects; ours are far less. */
  private static final int DEEPEST = 16;
  private static final int IDENTIFIER = 0x50494E46;
  private static final LongAdder BYTES_WRITTEN = new LongAdder();

  private final ExtendedActorSystem system;
  private final Pool<Kryo> kryos = new Pool<>(true, false, 16) {
    @Override
    protected Kryo create() {
      return kryo();
    }
  };

  public ClusterSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  /** Bytes of messages that this JVM has written so far. */
  public static long bytesWritten() {
    return BYTES_WRITTEN.sum();
  }

  /** Knows our classes by their numbers. */
  Kryo kryo() {
    Kryo kryo = new Kryo(new NumberedClasses(), null) {
      @Override
      public Registration getRegistration(@SuppressWarnings("rawtypes") Class type) {
        return super.getRegistration(ActorRef.class.isAssignableFrom(type) ? ActorRef.class : type);
      }
    };
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.setMaxDepth(DEEPEST);
    BoundedSerializers bounded = new BoundedSerializers();
    kryo.register(String.class, bounded.texts());
    kryo.register(ActorRef.class, new Refs(bounded), 20);
    kryo.register(EventBatch.class, new Batches(bounded), 21);
    kryo.register(long[].class, bounded.longs(), 22);
    kryo.register(int[].class, bounded.ints(), 23);
    kryo.register(byte[].class, bounded.bytes(), 24);
    kryo.register(ArrayList.class, bounded.collections(ArrayList::new), 25);
    kryo.register(TreeMap.class, 26);
    kryo.register(List.of().getClass(), bounded.fixedLists(), 27);
    kryo.register(List.of(0).getClass(), bounded.fixedLists(), 28);
    kryo.register(RoundMessage.class, 40);
    kryo.register(Checkpoint.class, 41);
    kryo.register(RunSpec.class, 42);
    kryo.register(RunState.class, 43);
    kryo.register(Outcome.class, 44);
    kryo.register(Work.class, 45);
    kryo.register(ClusterMessage.WhereAreYou.class, 50);
    kryo.register(ClusterMessage.GroupIsAt.class, 51);
    kryo.register(ClusterMessage.GroupLeaves.class, 52);
    kryo.register(ClusterMessage.Release.class, 53);
    kryo.register(ClusterMessage.Leave.class, 54);
    kryo.register(ClusterMessage.Begin.class, 55);
    kryo.register(ClusterMessage.PartReady.class, 56);
    kryo.register(ClusterMessage.Go.class, 57);
    kryo.register(ClusterMessage.Round.class, new Rounds(), 58);
    kryo.register(ClusterMessage.SayAgain.class, 59);
    kryo.register(ClusterMessage.SaveAll.class, 60);
    kryo.register(ClusterMessage.GroupSaved.class, 61);
    kryo.register(ClusterMessage.PartProgress.class, 62);
    kryo.register(ClusterMessage.PartFailed.class, 63);
    kryo.register(ClusterMessage.PartDone.class, 64);
    kryo.register(ClusterMessage.Abort.class, 65);
    kryo.register(ClusterMessage.Submit.class, 66);
    kryo.register(ClusterMessage.AskStatus.class, 67);
    kryo.register(ClusterMessage.Resume.class, 68);
    kryo.register(ClusterMessage.RunStatus.class, 69);
    kryo.register(ClusterMessage.SaveNow.class, 70);
    kryo.register(ClusterMessage.FilesMissing.class, 79);
    kryo.register(FileMessage.Chunk.class, 80);
    kryo.register(FileMessage.ChunkTaken.class, 81);
    kryo.register(FileMessage.FileRefused.class, 82);
    kryo.register(FileMessage.WhatHaveYou.class, 83);
    kryo.register(FileMessage.Have.class, 84);
    kryo.register(FileMessage.SendFile.class, 85);
    kryo.register(FileMessage.NoSuchFile.class, 86);
    kryo.register(FileMessage.Discard.class, 87);
    kryo.register(FileMessage.HeldRun.class, 88);
    return kryo;
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public boolean includeManifest() {
    return false;
  }

  /** @throws IllegalArgumentException if it is not a message of ours or larger than {@link #MOST_BYTES} */
  @Override
  public byte[] toBinary(Object message) {
    Kryo kryo = kryos.obtain();
    try {
      Output output = new Output(256, MOST_BYTES);
      kryo.writeClassAndObject(output, message);
      BYTES_WRITTEN.add(output.position());
      if (message instanceof ClusterMessage.Round round && round.sentBytes() != null) {
        round.sentBytes().add(output.position());
      }
      return output.toBytes();
    } catch (KryoBufferOverflowException e) {
      throw new IllegalArgumentException(
          "a " + message.getClass().getSimpleName() + " of more than " + MOST_BYTES + " bytes cannot be sent", e);
    } catch (KryoException e) {
      throw new IllegalArgumentException("a " + message.getClass().getName() + " cannot be sent: " + e.getMessage(), e);
    } finally {
      kryos.free(kryo);
    }
  }

  /** @throws IllegalArgumentException if the bytes are not exactly one message of ours */
  @Override
  public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
    if (bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException("a message of " + bytes.length + " bytes, at most " + MOST_BYTES + " are read");
    }
    Kryo kryo = kryos.obtain();
    try {
      Input input = new Input(bytes);
      Object message = kryo.readClassAndObject(input);
      if ((message instanceof ClusterMessage || message instanceof FileMessage) && input.position() == bytes.length) {
        return message;
      }
      throw new IllegalArgumentException("something else, or more than one");
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a message of ours: " + e.getMessage(), e);
    } finally {
      kryos.free(kryo);
    }
  }

  private final class Refs extends Serializer<ActorRef<?>> {
    private final BoundedSerializers bounded;

    Refs(BoundedSerializers bounded) {
      this.bounded = bounded;
    }

    private ActorRefResolver resolver() {
      return ActorRefResolver.get(ActorSystem.wrap(system));
    }

    @Override
    public void write(Kryo kryo, Output output, ActorRef<?> ref) {
      BoundedSerializers.writeText(output, resolver().toSerializationFormat(ref));
    }

    @Override
    public ActorRef<?> read(Kryo kryo, Input input, Class<? extends ActorRef<?>> type) {
      return resolver().resolveActorRef(bounded.readText(input));
    }
  }

  /** Without what does not travel. */
  private static final class Rounds extends Serializer<ClusterMessage.Round> {
    @Override
    public void write(Kryo kryo, Output output, ClusterMessage.Round round) {
      output.writeVarInt(round.epoch(), false);
      kryo.writeObjectOrNull(output, round.message(), RoundMessage.class);
    }

    @Override
    public ClusterMessage.Round read(Kryo kryo, Input input, Class<? extends ClusterMessage.Round> type) {
      return new ClusterMessage.Round(input.readVarInt(false), kryo.readObjectOrNull(input, RoundMessage.class), null);
    }
  }

  private static final class Batches extends Serializer<EventBatch> {
    private final BoundedSerializers bounded;

    Batches(BoundedSerializers bounded) {
      this.bounded = bounded;
    }

    @Override
    public void write(Kryo kryo, Output output, EventBatch batch) {
      output.writeInt(batch.origin());
      output.writeInt(batch.destination());
      BoundedSerializers.writeLongs(output, batch.words(), batch.length());
    }

    @Override
    public EventBatch read(Kryo kryo, Input input, Class<? extends EventBatch> type) {
      return EventBatch.of(input.readInt(), input.readInt(), bounded.readLongs(input));
    }
  }
}
