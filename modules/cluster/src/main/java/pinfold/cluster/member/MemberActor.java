package pinfold.cluster.member;

import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import pinfold.cluster.files.FileCopies;
import pinfold.cluster.member.ClusterMessage.Abort;
import pinfold.cluster.member.ClusterMessage.Begin;
import pinfold.cluster.member.ClusterMessage.GroupLeaves;
import pinfold.cluster.member.ClusterMessage.ManagerIs;

/**
 * What a member does for runs: it begins parts of them, one per run, and ends a part when the run is begun anew. Its groups and parts
 * speak to whichever manager there is at the time.
 */
final class MemberActor {
  private final ActorContext<ClusterMessage> context;
  private final ActorRef<ClusterMessage> manager;
  private final Workload workload;
  private final RunDirectory directory;
  private final FileCopies copies;
  private final Board board;
  private final Map<String, Begun> begun = new HashMap<>();

  private record Begun(int epoch, ActorRef<ClusterMessage> part) {}

  private MemberActor(ActorContext<ClusterMessage> context, ActorRef<ClusterMessage> manager, Workload workload, RunDirectory directory,
      FileCopies copies, Board board) {
    this.manager = manager;
    this.copies = copies;
    this.board = board;
    this.context = context;
    this.workload = workload;
    this.directory = directory;
  }

  /** Does nothing until it hears who the manager is. */
  static Behavior<ClusterMessage> create(Workload workload, RunDirectory directory, FileCopies copies, Board board) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(message -> {
      if (message instanceof ManagerIs known) {
        MemberActor actor = new MemberActor(context, known.manager(), workload, directory, copies, board);
        return Behaviors.receiveMessage(actor::onMessage);
      }
      return Behaviors.same();
    }));
  }

  private Behavior<ClusterMessage> onMessage(ClusterMessage message) {
    if (message instanceof GroupLeaves leaves) {
      manager.tell(leaves);
    } else if (message instanceof Begin begin) {
      Begun before = begun.get(begin.run());
      if (before == null || before.epoch < begin.epoch()) {
        if (before != null) {
          before.part.tell(new Abort(before.epoch));
        }
        ActorRef<ClusterMessage> part = context.spawn(
            PartRunner.create(begin, manager, context.getSelf(), workload, directory.checkpoints(begin.run(), begin.spec()), copies, board),
            "part-" + begin.run() + "-" + begin.epoch(), DispatcherSelector.fromConfig(PartRunner.DISPATCHER));
        begun.put(begin.run(), new Begun(begin.epoch(), part));
      }
    }
    return Behaviors.same();
  }
}
