package pinfold.cluster.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Gets files from the members that have them: asks one after the other, {@value #AT_ONCE} files at a time. */
final class FileFetcher {
  private static final int AT_ONCE = 4;
  /** Ticks without a chunk after which a member is asked again. */
  private static final int PATIENCE_TICKS = 4;

  private final Path root;
  private final MemberLinks links;
  /** Files that are asked for. */
  private final TreeMap<String, Wanted> wanted = new TreeMap<>();
  private final Deque<Wanted> waiting = new ArrayDeque<>();
  private int active;

  private static final class Wanted {
    final String file;
    final List<Consumer<Boolean>> then = new ArrayList<>();
    Deque<String> candidates;
    String asked;
    int ticks;

    Wanted(String file) {
      this.file = file;
    }
  }

  FileFetcher(Path root, MemberLinks links) {
    this.root = root;
    this.links = links;
  }

  /** @param then hears which could not be had */
  void fetch(List<String> files, Consumer<List<String>> then) {
    List<String> absent = files.stream().distinct().filter(file -> !Files.exists(root.resolve(file))).toList();
    if (absent.isEmpty()) {
      then.accept(List.of());
      return;
    }
    List<String> missing = new ArrayList<>();
    int[] open = {absent.size()};
    for (String file : absent) {
      Wanted known = wanted.get(file);
      Wanted want = known == null ? new Wanted(file) : known;
      want.then.add(got -> {
        if (!got) {
          missing.add(file);
        }
        if (--open[0] == 0) {
          then.accept(missing);
        }
      });
      if (known == null) {
        wanted.put(file, want);
        waiting.add(want);
      }
    }
    next();
  }

  boolean isWanted(String file) {
    Wanted want = wanted.get(file);
    return want != null && want.candidates != null;
  }

  private void next() {
    while (active < AT_ONCE && !waiting.isEmpty()) {
      active++;
      Wanted want = waiting.poll();
      want.candidates = new ArrayDeque<>(links.others());
      ask(want);
    }
  }

  /** Asks the next member; when there is none left the file cannot be had. */
  private void ask(Wanted want) {
    want.asked = want.candidates.poll();
    if (want.asked == null) {
      end(want, false);
    } else {
      again(want);
    }
  }

  private void again(Wanted want) {
    want.ticks = 0;
    links.tell(want.asked, new FileMessage.SendFile(links.self(), want.file));
  }

  private void end(Wanted want, boolean got) {
    wanted.remove(want.file);
    active--;
    want.then.forEach(each -> each.accept(got));
    next();
  }

  /** A chunk of it has come: whoever was asked is sending. */
  void underWay(String file) {
    if (isWanted(file)) {
      wanted.get(file).ticks = 0;
    }
  }

  /** The file is here, from whomever. */
  void arrived(String file) {
    if (isWanted(file)) {
      end(wanted.get(file), true);
    }
  }

  /** The member does not have it, or what it sent cannot be taken. */
  void failed(String member, String file) {
    if (isWanted(file) && member.equals(wanted.get(file).asked)) {
      ask(wanted.get(file));
    }
  }

  void tick() {
    List<String> others = links.others();
    for (Wanted want : List.copyOf(wanted.values())) {
      if (want.asked != null && !others.contains(want.asked)) {
        ask(want);
      } else if (want.asked != null && ++want.ticks > PATIENCE_TICKS) {
        again(want);
      }
    }
  }
}
