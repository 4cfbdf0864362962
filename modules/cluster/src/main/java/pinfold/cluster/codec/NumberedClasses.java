package pinfold.cluster.codec;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;

/** Classes go by their number alone: a class name in the input is neither read nor looked for. */
public final class NumberedClasses extends DefaultClassResolver {
  @Override
  protected Registration readName(Input input) {
    throw new KryoException("a class goes by name, not by number");
  }
}
