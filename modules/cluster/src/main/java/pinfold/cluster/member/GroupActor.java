package pinfold.cluster.member;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.slf4j.event.Level;
import pinfold.cluster.member.ClusterMessage.GroupIsAt;
import pinfold.cluster.member.ClusterMessage.GroupLeaves;
import pinfold.cluster.member.ClusterMessage.Release;
import pinfold.cluster.member.ClusterMessage.WhereAreYou;

/**
 * A group's place in the cluster: the sharding decides on which member it lives, and that member runs the group's entities. When the
 * sharding wants it elsewhere it asks the manager, who has the run saved before it lets it go.
 */
final class GroupActor {
  static final EntityTypeKey<ClusterMessage> KEY = EntityTypeKey.create(ClusterMessage.class, "group");

  /** What the sharding says when it wants a group to leave. */
  static final ClusterMessage LEAVE = new ClusterMessage.Leave();

  private final ActorContext<ClusterMessage> context;
  private final ActorRef<ClusterMessage> member;
  private final String run;
  private final int group;
  /** In which it was asked last, 0 if nobody has. */
  private int epoch;

  private GroupActor(ActorContext<ClusterMessage> context, String entityId, ActorRef<ClusterMessage> member) {
    this.context = context;
    this.member = member;
    String[] parts = entityId.split("/");
    this.run = parts[0];
    this.group = Integer.parseInt(parts[1]);
  }

  /** @param shard groups of equal shards, whatever their runs, are on the same member */
  static String entityId(String run, int group, String shard) {
    return run + "/" + group + "/" + shard;
  }

  static Behavior<ClusterMessage> create(String entityId, ActorRef<ClusterMessage> member) {
    return Behaviors.setup(context -> {
      context.setLoggerName(GroupActor.class);
      GroupActor actor = new GroupActor(context, entityId, member);
      return Behaviors.receiveMessage(actor::onMessage);
    });
  }

  private Behavior<ClusterMessage> onMessage(ClusterMessage message) {
    switch (message) {
      case WhereAreYou question -> {
        if (epoch == 0) {
          Logging.event(context.getLog(), Level.INFO, run, question.epoch()).addKeyValue("group", group).log("group is placed here");
        }
        epoch = question.epoch();
        question.manager().tell(new GroupIsAt(run, question.epoch(), group, member));
      }
      case ClusterMessage.Leave leave when epoch != 0 -> member.tell(new GroupLeaves(run, group, context.getSelf()));
      case ClusterMessage.Leave leave -> {
        return leave();
      }
      case Release release -> {
        return leave();
      }
      default -> {}
    }
    return Behaviors.same();
  }

  private Behavior<ClusterMessage> leave() {
    Logging.event(context.getLog(), Level.INFO, run, epoch).addKeyValue("group", group).log("group has left");
    return Behaviors.stopped();
  }
}
