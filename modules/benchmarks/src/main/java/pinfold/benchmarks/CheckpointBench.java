package pinfold.benchmarks;

import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointPace;
import pinfold.cluster.checkpoint.CheckpointStore;
import pinfold.cluster.checkpoint.GroupHistory;
import pinfold.cluster.member.Groups;
import pinfold.cluster.state.StateCodec;
import pinfold.engine.Host;
import pinfold.kernel.Machine;

/**
 * What a checkpoint of the machine of {@link LargeBench} costs: full, and what changed in the default interval with all CPUs busy;
 * beside it plain writing of as many bytes to the same directory, forced to disk too. The disk is that of java.io.tmpdir.
 */
final class CheckpointBench implements Bench {
  /** A full checkpoint is followed by so many of what changed. */
  private static final int DELTAS = GroupHistory.FULL_EVERY - 1;
  private static final int BLOCK = 1 << 20;

  @Override
  public String name() {
    return "checkpoint";
  }

  @Override
  public boolean byDefault() {
    return false;
  }

  @Override
  public boolean quick() {
    return true;
  }

  private record Cost(double seconds, long bytes) {
    double megabytesPerSecond() {
      return bytes / 1e6 / seconds;
    }

    /** The pause after it, s. */
    double pause() {
      return CheckpointPace.nextNanos(CheckpointPace.DEFAULT.toNanos(), (long) (seconds * 1e9)) / 1e9;
    }
  }

  @Override
  public List<Figure> run(Effort effort) {
    int pages = effort.choose(1_000_000, 100_000_000);
    int perSpace = pages / LargeBench.NODES;
    Path directory = null;
    try {
      directory = Files.createTempDirectory("pinfold-bench-");
      return run(effort, pages, perSpace, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      remove(directory);
    }
  }

  private static List<Figure> run(Effort effort, int pages, int perSpace, Path directory) throws IOException {
    Machine machine = LargeBench.build(effort, perSpace);
    List<GroupHistory> histories = Stream.generate(GroupHistory::new).limit(LargeBench.NODES).toList();
    CheckpointStore store = new CheckpointStore(directory, "bench");
    try (Host host = BenchHost.ACTORS_2.open(machine.entities(), machine.spec().machine().nearLinkNanos())) {
      host.onProgress((now, windows) -> !effort.cancelled().getAsBoolean());
      effort.says("checkpoint: first touches of " + pages + " pages");
      LargeBench.touchAll(machine, host, perSpace);
      host.runUntil(LargeBench.LIMIT_NANOS);
      effort.checkCancelled();
      effort.says("checkpoint: full");
      Cost full = save(machine, histories, store, host.nowNanos());
      Cost plainFull = plain(directory, full.bytes);
      effort.checkCancelled();
      effort.says("checkpoint: all CPUs busy for " + CheckpointPace.DEFAULT.toSeconds() + " s");
      LargeBench.makeBusy(machine, host, perSpace);
      long until = System.nanoTime() + CheckpointPace.DEFAULT.toNanos();
      host.onProgress((now, windows) -> System.nanoTime() < until && !effort.cancelled().getAsBoolean());
      host.runUntil(2 * LargeBench.LIMIT_NANOS);
      effort.checkCancelled();
      effort.says("checkpoint: what changed");
      Cost delta = save(machine, histories, store, host.nowNanos());
      Cost plainDelta = plain(directory, delta.bytes);
      List<Figure> figures = new ArrayList<>(figures("full", pages, full, plainFull));
      figures.addAll(figures("what changed", pages, delta, plainDelta));
      double saving = full.seconds + DELTAS * delta.seconds;
      double pauses = full.pause() + DELTAS * delta.pause();
      figures.add(Figure.of("checkpoints, one full and " + DELTAS + " of what changed: share of wall time", "",
          100 * saving / (saving + pauses), "%", Aim.atMost(5)));
      return figures;
    }
  }

  private static List<Figure> figures(String what, int pages, Cost cost, Cost plain) {
    String name = "checkpoint, " + what + ", " + (pages == 100_000_000 ? "10^8" : "10^6") + " pages: ";
    double share = 100 * cost.seconds / (cost.seconds + CheckpointPace.DEFAULT.toSeconds());
    return List.of(
        Figure.of(name + "time", "", cost.seconds, "s", null).against(plain.seconds, "plain writing"),
        Figure.of(name + "size", "", cost.bytes / 1e6, "MB", null),
        Figure.of(name + "rate", "", cost.megabytesPerSecond(), "MB/s", null),
        Figure.of(name + "the disk's rate", "", plain.megabytesPerSecond(), "MB/s", null),
        Figure.of(name + "share if it were written every " + CheckpointPace.DEFAULT.toSeconds() + " s", "", share, "%", null),
        Figure.of(name + "pause after it", "", cost.pause(), "s", null));
  }

  /** All groups one after the other, as one member does. */
  private static Cost save(Machine machine, List<GroupHistory> histories, CheckpointStore store, long nowNanos) {
    StateCodec codec = new StateCodec(machine); // It knows the tasks that have begun by now.
    long from = System.nanoTime();
    long bytes = 0;
    for (int group = 0; group < LargeBench.NODES; group++) {
      int self = group;
      bytes += store.saveGroup(Checkpoint.name(nowNanos, 1), group, nowNanos, histories.get(group), (out, large) -> {
        Output output = new Output(out, BLOCK);
        codec.save(machine.entities().stream().filter(entity -> Groups.of(machine, entity.id()) == self).toList(), output, large);
        output.flush();
      });
    }
    return new Cost((System.nanoTime() - from) / 1e9, bytes);
  }

  /** So many bytes that no disk can make smaller, in one file. */
  private static Cost plain(Path directory, long bytes) throws IOException {
    byte[] block = new byte[BLOCK];
    new Random(1).nextBytes(block);
    Path file = directory.resolve("plain");
    long from = System.nanoTime();
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      for (long left = bytes; left > 0; left -= BLOCK) {
        out.write(block, 0, (int) Math.min(left, BLOCK));
      }
      out.getChannel().force(true);
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    Files.delete(file);
    return new Cost(seconds, bytes);
  }

  private static void remove(Path directory) {
    if (directory == null) {
      return;
    }
    try (Stream<Path> below = Files.walk(directory)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
