package pinfold.cluster.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import pinfold.cluster.files.FileMessage.HeldRun;

/** What is in a member's run directory, in the order of the names. */
final class RunListing {
  private final KeptRuns runs;

  RunListing(KeptRuns runs) {
    this.runs = runs;
  }

  /** A part of the list. {@code more}: there are more runs after the last of it. */
  record Page(List<HeldRun> runs, boolean more) {}

  /**
   * @param run one run, or empty for all
   * @param after only runs whose names come after this one
   * @param mostFiles no further run is begun after so many files
   */
  Page list(String run, String after, int mostFiles) throws IOException {
    List<HeldRun> held = new ArrayList<>();
    int files = 0;
    for (String name : run.isEmpty() ? names(runs.root()) : List.of(run)) {
      if (!RunPath.isRun(name) || name.compareTo(after) <= 0) {
        continue;
      }
      if (files >= mostFiles) {
        return new Page(held, true);
      }
      List<String> of = files(name);
      files += of.size();
      if (!of.isEmpty()) {
        held.add(new HeldRun(name, runs.epoch(name), of));
      }
    }
    return new Page(held, false);
  }

  private List<String> files(String run) throws IOException {
    List<String> files = new ArrayList<>();
    for (String name : names(runs.root().resolve(run))) {
      add(run + "/" + name, files);
    }
    if (!files.contains(run + "/result")) { // Nobody needs the checkpoints of a run that is over.
      for (String checkpoint : names(runs.root().resolve(run).resolve("checkpoints"))) {
        for (String name : names(runs.root().resolve(run).resolve("checkpoints").resolve(checkpoint))) {
          add(run + "/checkpoints/" + checkpoint + "/" + name, files);
        }
      }
    }
    return files;
  }

  private static void add(String file, List<String> files) {
    if (RunPath.isAllowed(file)) {
      files.add(file);
    }
  }

  /** Nothing of what is no directory, or not there any more. */
  private static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
