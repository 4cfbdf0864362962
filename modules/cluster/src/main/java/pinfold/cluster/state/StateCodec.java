package pinfold.cluster.state;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.serializers.FieldSerializer;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.util.MapReferenceResolver;
import java.lang.reflect.Field;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import pinfold.cluster.codec.ArraySink;
import pinfold.cluster.codec.ArraySource;
import pinfold.cluster.codec.BoundedSerializers;
import pinfold.cluster.codec.NumberedClasses;
import pinfold.engine.Entity;
import pinfold.engine.Outbox;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineReading;
import pinfold.kernel.cpu.Cpu;
import pinfold.kernel.folio.ReferenceListener;
import pinfold.kernel.node.FolioLog;
import pinfold.kernel.trace.TraceBuffer;

/**
 * Saves the state of a machine's entities, and puts it into the entities of another machine that was built from the same
 * specification and had the same tasks added. Every field is saved but what the machines have in common
 * ({@link Machine#fixtures()}), which is named by its place; only classes of {@link StateClasses} are ever read.
 *
 * <p>Not thread-safe. Machines that trace or check cannot be saved.
 */
public final class StateCodec {
  private static final int FIRST_FIXTURE_CLASS = 10_000;

  /** What the host gives an entity for a window, and what traces and checks hang onto it. */
  private static final List<Class<?>> NOT_STATE =
      List.of(Outbox.class, TraceBuffer.class, ReferenceListener.class, FolioLog.class);

  private final Kryo kryo = new Kryo(new NumberedClasses(), new MapReferenceResolver());
  private final BoundedSerializers bounded = new BoundedSerializers();
  private final List<Entity> entities;

  public StateCodec(Machine machine) {
    entities = machine.entities();
    kryo.setRegistrationRequired(true);
    kryo.setReferences(true);
    kryo.setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
    StateClasses.register(kryo, bounded, this::serializer);
    List<Object> fixtures = machine.fixtures();
    FixtureSerializer byPlace = new FixtureSerializer(fixtures);
    int next = FIRST_FIXTURE_CLASS;
    for (Object fixture : fixtures) {
      if (kryo.getClassResolver().getRegistration(fixture.getClass()) == null) {
        kryo.register(fixture.getClass(), byPlace, next++);
      }
    }
  }

  /** All fields, those that the compiler made for inner classes included. */
  private Serializer<?> serializer(Class<?> type) {
    FieldSerializer.FieldSerializerConfig config = new FieldSerializer.FieldSerializerConfig();
    config.setIgnoreSyntheticFields(false);
    FieldSerializer<?> serializer =
        Entity.class.isAssignableFrom(type) ? new EntitySerializer(type, config) : new CheckedSerializer<>(type, config);
    for (FieldSerializer.CachedField field : serializer.getFields()) {
      Class<?> of = field.getField().getType();
      if (NOT_STATE.stream().anyMatch(tool -> tool.isAssignableFrom(of)) || type == Cpu.class
          && field.getName().equals("programs")) {
        serializer.removeField(field);
      }
    }
    return serializer;
  }

  /** Writes entities; call between windows, when all that was sent has reached its receiver. */
  public void save(Iterable<? extends Entity> some, Output output) {
    for (Entity entity : some) {
      kryo.writeClassAndObject(output, entity);
    }
    kryo.writeClassAndObject(output, null);
  }

  /** As {@link #save(Iterable, Output)}, with the large arrays beside the output. */
  public void save(Iterable<? extends Entity> some, Output output, ArraySink large) {
    bounded.writeLargeTo(large);
    try {
      save(some, output);
    } finally {
      bounded.writeLargeTo(null);
    }
  }

  /** As {@link #restore(Input)} of what {@link #save(Iterable, Output, ArraySink)} wrote. */
  public void restore(Input input, ArraySource large) {
    bounded.readLargeFrom(large);
    try {
      restore(input);
    } finally {
      bounded.readLargeFrom(null);
    }
  }

  /**
   * Overwrites this machine's entities with what {@link #save} wrote of another's.
   *
   * @throws StateException if the input was not written by {@link #save} for such a machine; this machine is of no use then
   */
  public void restore(Input input) {
    try {
      while (kryo.readClassAndObject(input) != null) {
        // The serializer put the state into the machine's own entity.
      }
    } catch (RuntimeException | StackOverflowError e) {
      throw damaged("the saved state", e);
    }
  }

  /** Writes what was read of a machine. */
  public void save(MachineReading reading, Output output) {
    kryo.writeClassAndObject(output, reading);
  }

  /** Reads what {@link #save(MachineReading, Output)} wrote. */
  public MachineReading reading(Input input) {
    try {
      return (MachineReading) kryo.readClassAndObject(input);
    } catch (RuntimeException | StackOverflowError e) {
      throw damaged("what was read of a machine", e);
    }
  }

  /** Damaged bytes show in whatever the reader stumbles over first. */
  private StateException damaged(String what, Throwable cause) {
    kryo.reset();
    return new StateException(what + " cannot be read: " + cause, cause);
  }

  /** Kryo puts an object into a field without asking whether it fits, so this asks. */
  private class CheckedSerializer<T> extends FieldSerializer<T> {
    CheckedSerializer(Class<?> type, FieldSerializerConfig config) {
      super(kryo, type, config);
    }

    @Override
    public T read(Kryo reader, Input input, Class<? extends T> type) {
      int typeVariables = pushTypeVariables();
      T object = create(reader, input, type);
      reader.reference(object);
      for (CachedField cached : getFields()) {
        cached.read(input, object);
        check(cached.getField(), object);
      }
      popTypeVariables(typeVariables);
      return object;
    }

    private static void check(Field field, Object object) {
      if (field.getType().isPrimitive()) {
        return;
      }
      try {
        Object value = field.get(object);
        if (value != null && !field.getType().isInstance(value)) {
          field.set(object, null);
          throw new KryoException(field + " cannot be a " + value.getClass().getName());
        }
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Reads into the entity that the machine has already. */
  private final class EntitySerializer extends CheckedSerializer<Entity> {
    EntitySerializer(Class<?> type, FieldSerializerConfig config) {
      super(type, config);
    }

    @Override
    public void write(Kryo writer, Output output, Entity entity) {
      output.writeInt(entity.id());
      super.write(writer, output, entity);
    }

    @Override
    protected Entity create(Kryo reader, Input input, Class<? extends Entity> type) {
      Entity entity = entities.get(input.readInt());
      if (entity.getClass() != type) {
        throw new KryoException(entity.name() + " is no " + type.getSimpleName());
      }
      return entity;
    }
  }

  private static final class FixtureSerializer extends Serializer<Object> {
    private final List<Object> fixtures;
    private final Map<Object, Integer> places = new IdentityHashMap<>();

    FixtureSerializer(List<Object> fixtures) {
      this.fixtures = fixtures;
      for (int place = 0; place < fixtures.size(); place++) {
        places.putIfAbsent(fixtures.get(place), place);
      }
    }

    @Override
    public void write(Kryo kryo, Output output, Object fixture) {
      Integer place = places.get(fixture);
      if (place == null) {
        throw new KryoException("not known to the machine when its state was first saved: " + fixture);
      }
      output.writeInt(place);
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<?> type) {
      return fixtures.get(input.readInt());
    }
  }
}
