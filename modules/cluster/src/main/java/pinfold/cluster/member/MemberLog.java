package pinfold.cluster.member;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.ClusterDomainEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberExited;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.ClusterEvent.ReachableMember;
import org.apache.pekko.cluster.ClusterEvent.UnreachableMember;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Writes to the log which members come and go, as this one sees them. */
final class MemberLog {
  private MemberLog() {}

  static Behavior<ClusterDomainEvent> create() {
    return Behaviors.setup(context -> {
      context.setLoggerName(MemberLog.class);
      ActorRef<ClusterDomainEvent> self = context.getSelf();
      Cluster.get(context.getSystem()).subscriptions().tell(new Subscribe<>(self, ClusterDomainEvent.class));
      return Behaviors.receiveMessage(event -> {
        log(context.getLog(), event);
        return Behaviors.same();
      });
    });
  }

  private static void log(Logger log, ClusterDomainEvent event) {
    switch (event) {
      case MemberUp up -> log(log, Level.INFO, "member is up", up.member());
      case UnreachableMember unreachable -> log(log, Level.WARN, "member does not answer", unreachable.member());
      case ReachableMember reachable -> log(log, Level.INFO, "member answers again", reachable.member());
      case MemberExited exited -> log(log, Level.INFO, "member leaves", exited.member());
      case MemberRemoved removed -> log(log, Level.INFO, "member was removed", removed.member());
      default -> {}
    }
  }

  private static void log(Logger log, Level level, String what, Member member) {
    log.atLevel(level).addKeyValue("member", ClusterNode.hostPort(member.address())).log(what);
  }
}
