package pinfold.experiment.compare;

import java.util.List;
import pinfold.cluster.ActorHost;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;

/** Makes the host that runs a machine's entities; the result is the same whichever it is. */
@FunctionalInterface
public interface HostFactory {
  /** A host for these entities with windows of this length, ns. */
  Host host(List<? extends Entity> entities, long windowNanos);

  /** One loop on one thread: the reference. */
  static HostFactory sequential() {
    return SequentialHost::new;
  }

  /** Actors on so many threads. */
  static HostFactory actors(int threads) {
    return (entities, windowNanos) -> new ActorHost(entities, windowNanos, threads);
  }
}
