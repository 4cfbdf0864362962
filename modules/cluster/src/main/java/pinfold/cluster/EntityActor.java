package pinfold.cluster;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import pinfold.engine.Entity;
import pinfold.engine.Outbox;

/**
 * Owns one entity. Protocol: the coordinator or the entity before it in a {@link Share} sends the share; the actor files
 * what was sent to it, runs the window, adds what its entity sends, and passes the share on. It gets at most one share
 * per window, none in a window that does not concern it, and never two at once.
 */
final class EntityActor {
  /** What an entity's actor understands. */
  sealed interface Command permits Share {}

  private final Entity entity;
  private final Outbox outbox;
  private final ActorRef<Command>[] actors;
  private final ActorRef<WindowCoordinator.Command> coordinator;

  private EntityActor(Entity entity, ActorRef<Command>[] actors, ActorRef<WindowCoordinator.Command> coordinator) {
    this.entity = entity;
    this.outbox = new Outbox(entity.id());
    this.actors = actors;
    this.coordinator = coordinator;
  }

  /** @param actors all entities' actors by id; filled before the first share is sent and never changed after that */
  static Behavior<Command> create(
      Entity entity, ActorRef<Command>[] actors, ActorRef<WindowCoordinator.Command> coordinator) {
    return Behaviors.setup(context -> {
      EntityActor actor = new EntityActor(entity, actors, coordinator);
      return Behaviors.receiveMessage(actor::onMessage);
    });
  }

  private Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case Share share -> onShare(share);
    };
  }

  private Behavior<Command> onShare(Share share) {
    share.visit(entity, outbox);
    share.pass(actors, coordinator);
    return Behaviors.same();
  }
}
