package pinfold.cluster.files;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointStore;

/** Each member has a directory of its own: this member's {@link FileKeeper} sends copies to others and fetches from them. */
public final class CopiesOnMembers implements FileCopies {
  private final Path root;
  private final ActorRef<FileMessage> keeper;

  /** @param root of this member's directory */
  public CopiesOnMembers(Path root, ActorRef<FileMessage> keeper) {
    this.root = root;
    this.keeper = keeper;
  }

  private String name(Path file) {
    return RunPath.of(root, file);
  }

  @Override
  public void survey(String run, Consumer<Surveyed> then) {
    keeper.tell(new FileMessage.Survey(run, then));
  }

  @Override
  public void keepByAll(Path file, int epoch, Consumer<Boolean> then) {
    keeper.tell(new FileMessage.KeepByAll(name(file), epoch, then));
  }

  @Override
  public void keepBySome(List<Path> files, int epoch, Runnable then) {
    keeper.tell(new FileMessage.KeepBySome(files.stream().map(this::name).toList(), epoch, then));
  }

  @Override
  public void fetch(List<Path> files, Consumer<List<Path>> then) {
    keeper.tell(new FileMessage.Fetch(files.stream().map(this::name).toList(),
        missing -> then.accept(missing.stream().map(root::resolve).toList())));
  }

  @Override
  public Checkpoint complete(CheckpointStore store, String checkpoint, long nowNanos, int groups) {
    return store.declare(checkpoint, nowNanos, groups); // States of other members' groups need not be here.
  }

  @Override
  public void discard(String run, int epoch, String checkpoint) {
    keeper.tell(new FileMessage.DiscardByAll(run, epoch, checkpoint));
  }
}
