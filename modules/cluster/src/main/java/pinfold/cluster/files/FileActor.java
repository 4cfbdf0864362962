package pinfold.cluster.files;

import java.io.IOException;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/** A member's {@link FileKeeper} as an actor. It reads and writes disks, and lives on a dispatcher for that. */
public final class FileActor {
  /** Where members reach each other's keeper: an actor of the system by this name. */
  public static final String NAME = "files";
  /** A dispatcher whose threads may wait for disks. */
  public static final String DISPATCHER = "pekko.actor.default-blocking-io-dispatcher";

  /** About 1 MiB of names. */
  private static final int MOST_FILES = 10_000;
  private static final Duration TICK = Duration.ofMillis(500);

  private FileActor() {}

  /** @param copies how many other members keep a group's state */
  public static Behavior<FileMessage> create(KeptRuns runs, int copies) {
    return Behaviors.setup(context -> {
      FileKeeper keeper = new FileKeeper(runs, copies, new FileKeeper.Sizes(FileMessage.MOST_CHUNK_BYTES, MOST_FILES),
          new ClusterLinks(context.getSystem()), context.getLog());
      ActorRef<MemberUp> came =
          context.messageAdapter(MemberUp.class, event -> new FileMessage.MemberCame(event.member().address().toString()));
      ActorRef<MemberRemoved> removed =
          context.messageAdapter(MemberRemoved.class, event -> new FileMessage.MemberGone(event.member().address().toString()));
      Cluster.get(context.getSystem()).subscriptions().tell(new Subscribe<>(came, MemberUp.class));
      Cluster.get(context.getSystem()).subscriptions().tell(new Subscribe<>(removed, MemberRemoved.class));
      return Behaviors.withTimers(timers -> {
        timers.startTimerWithFixedDelay(new FileMessage.Tick(), TICK);
        return Behaviors.receive(FileMessage.class).onAnyMessage(message -> handle(context, keeper, message))
            .onSignal(PostStop.class, stopped -> {
              keeper.close();
              return Behaviors.same();
            }).build();
      });
    });
  }

  private static Behavior<FileMessage> handle(ActorContext<FileMessage> context, FileKeeper keeper, FileMessage message) {
    try {
      keeper.handle(message);
    } catch (IOException | RuntimeException e) {
      context.getLog().error("a {} could not be done", message.getClass().getSimpleName(), e);
    }
    return Behaviors.same();
  }
}
