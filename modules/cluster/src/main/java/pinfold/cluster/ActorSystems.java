package pinfold.cluster;

import com.typesafe.config.Config;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.slf4j.LoggerFactory;

/** Starts actor systems. */
public final class ActorSystems {
  private ActorSystems() {}

  /**
   * Sets up logging on this thread before any actor asks for a logger. Several of them do at once, and whoever comes while the first is
   * setting it up has its events kept and said again later, which SLF4J tells on standard error.
   */
  public static <T> ActorSystem<T> start(Behavior<T> guardian, String name, Config config) {
    LoggerFactory.getILoggerFactory();
    return ActorSystem.create(guardian, name, config);
  }
}
