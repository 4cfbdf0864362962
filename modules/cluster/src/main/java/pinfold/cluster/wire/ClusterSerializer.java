package pinfold.cluster.wire;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
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
import pinfold.cluster.member.ClusterMessage;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
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

  private Kryo kryo() {
    Kryo kryo = new Kryo() {
      @Override
      public Registration getRegistration(@SuppressWarnings("rawtypes") Class type) {
        return super.getRegistration(ActorRef.class.isAssignableFrom(type) ? ActorRef.class : type);
      }
    };
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.register(ActorRef.class, new Refs(), 20);
    kryo.register(EventBatch.class, new Batches(), 21);
    kryo.register(long[].class, new Longs(), 22);
    kryo.register(int[].class, 23);
    kryo.register(byte[].class, 24);
    kryo.register(ArrayList.class, 25);
    kryo.register(TreeMap.class, 26);
    kryo.register(List.of().getClass(), 27);
    kryo.register(List.of(0).getClass(), 28);
    kryo.register(RoundMessage.class, 40);
    kryo.register(Checkpoint.class, 41);
    kryo.register(RunSpec.class, 42);
    kryo.register(RunState.class, 43);
    kryo.register(Outcome.class, 44);
    kryo.register(ClusterMessage.WhereAreYou.class, 50);
    kryo.register(ClusterMessage.GroupIsAt.class, 51);
    kryo.register(ClusterMessage.GroupLeaves.class, 52);
    kryo.register(ClusterMessage.Release.class, 53);
    kryo.register(ClusterMessage.Leave.class, 54);
    kryo.register(ClusterMessage.Begin.class, 55);
    kryo.register(ClusterMessage.PartReady.class, 56);
    kryo.register(ClusterMessage.Go.class, 57);
    kryo.register(ClusterMessage.Round.class, 58);
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

  @Override
  public byte[] toBinary(Object message) {
    Kryo kryo = kryos.obtain();
    try {
      Output output = new Output(256, MOST_BYTES);
      kryo.writeClassAndObject(output, message);
      BYTES_WRITTEN.add(output.position());
      return output.toBytes();
    } finally {
      kryos.free(kryo);
    }
  }

  @Override
  public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
    Kryo kryo = kryos.obtain();
    try {
      Object message = bytes.length > MOST_BYTES ? null : kryo.readClassAndObject(new Input(bytes));
      if (message instanceof ClusterMessage) {
        return message;
      }
      throw new IllegalArgumentException("not a message of ours");
    } catch (KryoException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new IllegalArgumentException("not a message of ours: " + e.getMessage(), e);
    } finally {
      kryos.free(kryo);
    }
  }

  private final class Refs extends Serializer<ActorRef<?>> {
    private ActorRefResolver resolver() {
      return ActorRefResolver.get(ActorSystem.wrap(system));
    }

    @Override
    public void write(Kryo kryo, Output output, ActorRef<?> ref) {
      output.writeString(resolver().toSerializationFormat(ref));
    }

    @Override
    public ActorRef<?> read(Kryo kryo, Input input, Class<? extends ActorRef<?>> type) {
      return resolver().resolveActorRef(input.readString());
    }
  }

  private static int length(Input input) {
    int length = input.readInt();
    if (length < 0 || length > MOST_BYTES / Long.BYTES) {
      throw new KryoException("an array of " + length + " longs");
    }
    return length;
  }

  private static final class Batches extends Serializer<EventBatch> {
    @Override
    public void write(Kryo kryo, Output output, EventBatch batch) {
      output.writeInt(batch.origin());
      output.writeInt(batch.destination());
      output.writeInt(batch.length());
      output.writeLongs(batch.words(), 0, batch.length());
    }

    @Override
    public EventBatch read(Kryo kryo, Input input, Class<? extends EventBatch> type) {
      return EventBatch.of(input.readInt(), input.readInt(), input.readLongs(length(input)));
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
      return input.readLongs(length(input));
    }
  }
}
