package pinfold.experiment.compare;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.JSerializer;
import pinfold.cluster.wire.ClusterSerializer;

/** Loses the first message of each of some classes on its way to another member: it cannot be written, and Pekko drops it. */
public final class LossySerializer extends JSerializer {
  /** What is still to be lost, by any member of this JVM. */
  static final Set<Class<?>> LOSE = ConcurrentHashMap.newKeySet();

  private final ClusterSerializer whole;

  public LossySerializer(ExtendedActorSystem system) {
    whole = new ClusterSerializer(system);
  }

  @Override
  public int identifier() {
    return whole.identifier();
  }

  @Override
  public boolean includeManifest() {
    return whole.includeManifest();
  }

  @Override
  public byte[] toBinary(Object message) {
    if (LOSE.remove(message.getClass())) {
      throw new IllegalArgumentException("lost: " + message.getClass().getSimpleName());
    }
    return whole.toBinary(message);
  }

  @Override
  public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
    return whole.fromBinaryJava(bytes, manifest);
  }
}
