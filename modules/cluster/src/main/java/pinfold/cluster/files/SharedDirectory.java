package pinfold.cluster.files;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointStore;

/** All members see the same directory: what is written once is everywhere, and what is not there is nowhere. */
public final class SharedDirectory implements FileCopies {
  @Override
  public void survey(String run, Consumer<Surveyed> then) {
    then.accept(Surveyed.ONE_DIRECTORY);
  }

  @Override
  public void keepByAll(Path file, int epoch, Consumer<Boolean> then) {
    then.accept(true);
  }

  @Override
  public void keepBySome(List<Path> files, int epoch, Runnable then) {
    then.run();
  }

  @Override
  public void fetch(List<Path> files, Consumer<List<Path>> then) {
    then.accept(List.of()); // Whoever reads them sees what is missing.
  }

  @Override
  public Checkpoint complete(CheckpointStore store, String checkpoint, long nowNanos, int groups) {
    return store.complete(checkpoint, nowNanos, groups);
  }

  @Override
  public void discard(String run, int epoch, String checkpoint) {}
}
