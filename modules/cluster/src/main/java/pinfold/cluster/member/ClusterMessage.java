package pinfold.cluster.member;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorRef;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.round.RoundMessage;
import pinfold.engine.Host.Outcome;

/** What members of a cluster say to each other about runs. docs/protocol.md has the table. */
public sealed interface ClusterMessage {
  /** To a group, by way of the sharding: say where you are. */
  record WhereAreYou(String run, int epoch, int group, ActorRef<ClusterMessage> manager) implements ClusterMessage {}

  /** From a group to the manager: on this member. */
  record GroupIsAt(String run, int epoch, int group, ActorRef<ClusterMessage> member) implements ClusterMessage {}

  /** From a group to the manager, by way of its member: the sharding wants to move me; I stay until {@link Release}. */
  record GroupLeaves(String run, int group, ActorRef<ClusterMessage> groupRef) implements ClusterMessage {}

  /** From the manager to a group: you may go. */
  record Release() implements ClusterMessage {}

  /** From the sharding to a group: it is wanted elsewhere. */
  record Leave() implements ClusterMessage {}

  /**
   * From the manager to a member: build the run and take these groups.
   *
   * @param part number of the member in this epoch
   * @param partOfGroup who has each group
   * @param place of a run that stays on one member: which of the places for such runs it has
   * @param checkpoint where to go on, null for the beginning
   */
  record Begin(String run, int epoch, RunSpec spec, int part, int parts, int[] partOfGroup, int place, Checkpoint checkpoint)
      implements ClusterMessage {}

  /** From a part to the manager: built and restored. */
  record PartReady(String run, int epoch, int part, ActorRef<ClusterMessage> ref) implements ClusterMessage {}

  /** From the manager to a part: all are ready, these are they. */
  record Go(int epoch, List<ActorRef<ClusterMessage>> parts) implements ClusterMessage {}

  /**
   * From part to part.
   *
   * @param sentBytes gets the bytes that were written for it; does not travel, null with the receiver
   */
  record Round(int epoch, RoundMessage message, LongAdder sentBytes) implements ClusterMessage {}

  /** From part to part: what you said before this round is missing. */
  record SayAgain(int epoch, int from, long round) implements ClusterMessage {}

  /** From the manager to one part: have all parts save their groups. */
  record SaveAll(int epoch) implements ClusterMessage {}

  /** From a part to the manager: a group's state is on disk, and its copies. */
  record GroupSaved(String run, int epoch, String checkpoint, long nowNanos, int group, long bytes, long wallNanos)
      implements ClusterMessage {}

  /**
   * From a part to the manager, now and then; counts and times are of this epoch. With what a manager must know that did not begin it.
   *
   * @param ref the part
   * @param member who began it
   * @param place as in {@link Begin}
   * @param endNanos simulated time at which the run ends at the latest
   * @param sentBytes bytes of its rounds' messages
   * @param busyNanos wall time that it did not wait for other parts
   * @param work what is done by its own entities
   * @param copying saved groups wait for their copies
   */
  record PartProgress(String run, int epoch, int part, ActorRef<ClusterMessage> ref, ActorRef<ClusterMessage> member, int place,
      long nowNanos, long endNanos, long rounds, long sentBytes, long busyNanos, Work work, boolean copying) implements ClusterMessage {}

  /**
   * From a part to the manager.
   *
   * @param checkpoint what could not be read, null when it is something else
   * @param damaged whether that checkpoint is of no use; if not, another attempt may succeed
   */
  record PartFailed(String run, int epoch, int part, String message, String checkpoint, boolean damaged) implements ClusterMessage {}

  /** From a member to the manager: files of a checkpoint that its part is to begin from are on no member that is up. */
  record FilesMissing(String run, int epoch, int part, String checkpoint, List<String> files)
      implements ClusterMessage {}

  /**
   * From a part to the manager: the run is over.
   *
   * @param series counters at each sample, the time first
   * @param reading what was read of the entities here, as {@link pinfold.cluster.state.StateCodec} wrote it
   */
  record PartDone(String run, int epoch, int part, Outcome outcome, long nowNanos, long rounds, List<long[]> series, byte[] reading)
      implements ClusterMessage {}

  /** From the manager to a part: forget it. */
  record Abort(int epoch) implements ClusterMessage {}

  /** From a member to the manager: run this. Answered by {@link RunStatus}. */
  record Submit(RunSpec spec, ActorRef<ClusterMessage> replyTo) implements ClusterMessage {}

  /** From a member to the manager. Answered by {@link RunStatus}. */
  record AskStatus(String run, ActorRef<ClusterMessage> replyTo) implements ClusterMessage {}

  /** From a member to the manager: take up what an earlier cluster left. Answered by {@link RunStatus}. */
  record Resume(String run, ActorRef<ClusterMessage> replyTo) implements ClusterMessage {}

  /** From a member to the manager: save the run now. Answered by {@link RunStatus}, before it is saved. */
  record SaveNow(String run, ActorRef<ClusterMessage> replyTo) implements ClusterMessage {}

  /**
   * From the manager.
   *
   * @param epoch how often the run was begun
   * @param savedNanos simulated time of the last checkpoint that was completed since this manager took the run up, -1 for none
   * @param rounds rounds of this epoch
   * @param workDone share of the work that is done, 0 to 1; negative while nobody knows
   * @param members members that have a part of it
   * @param message what went wrong: why it failed, why this epoch cannot begin, or why the one before it ended; empty if nothing did
   */
  record RunStatus(String run, RunState state, int epoch, long nowNanos, long savedNanos, long rounds, double workDone, int members,
      String message) implements ClusterMessage {
    /** Of a run that is not under way. */
    static RunStatus without(String run, RunState state, String message) {
      return new RunStatus(run, state, 0, 0, -1, 0, -1, 0, message);
    }
  }

  /** Within a member, before all else: the manager, whichever member has it at the time. */
  record ManagerIs(ActorRef<ClusterMessage> manager) implements ClusterMessage {}

  /** To itself: a member has joined. */
  record MemberCame() implements ClusterMessage {}

  /** To itself: a timer. */
  record Tick() implements ClusterMessage {}

  /** To itself: the entities have run, go on with this. */
  record Ran(Runnable then) implements ClusterMessage {}

  /** To itself: what it waited for of the files has come, go on with this. */
  record Then(Runnable step) implements ClusterMessage {}

  /** To itself: files were fetched, but for these. */
  record Fetched(List<Path> missing) implements ClusterMessage {}

  /** To itself: go on with the rounds. */
  record GoOn() implements ClusterMessage {}
}
