package pinfold.cluster.files;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;

/**
 * Sees to it that files of this member have their copies: small ones on all members, states on so many others as the setting says, the
 * next ones in the sorted list. A member that is lost or refuses is replaced by the next, while there is one.
 */
final class CopyHolders {
  private final int copies;
  private final MemberLinks links;
  private final FileSender sender;
  private final Logger log;
  /** By state file, which never changes under its name: members that have it. */
  private final TreeMap<String, Set<String>> held = new TreeMap<>();

  CopyHolders(int copies, MemberLinks links, FileSender sender, Logger log) {
    this.copies = copies;
    this.links = links;
    this.sender = sender;
    this.log = log;
  }

  /** Counts only members that are still up when it is asked: who was removed by a majority need not be waited for. */
  private final class Vote {
    final Set<String> kept = new HashSet<>(Set.of(links.self()));
    final Consumer<Boolean> then;
    int open;
    boolean decided;

    Vote(Consumer<Boolean> then) {
      this.then = then;
    }

    void settled(String member, boolean yes) {
      open--;
      if (yes) {
        kept.add(member);
      }
      decide();
    }

    void decide() {
      List<String> up = links.up();
      boolean majority = 2 * up.stream().filter(kept::contains).count() > up.size();
      if (!decided && (majority || open == 0)) {
        decided = true;
        then.accept(majority);
      }
    }
  }

  /** @param then hears, as soon as that is settled, whether more than half of the members have it */
  void keepByAll(String file, int epoch, Consumer<Boolean> then) {
    Vote vote = new Vote(then);
    List<String> others = links.up().stream().filter(member -> !member.equals(links.self())).toList();
    vote.open = others.size();
    if (others.isEmpty()) {
      vote.decide();
    }
    others.forEach(member -> sender.send(member, file, epoch, kept -> vote.settled(member, kept)));
  }

  /** Files that shall be on several members, and who is still asked. */
  private final class Spread {
    final List<String> files;
    final int epoch;
    final Runnable then;
    final Deque<String> candidates = new ArrayDeque<>(links.others());
    int holders;
    int open;

    Spread(List<String> files, int epoch, Runnable then) {
      this.files = files;
      this.epoch = epoch;
      this.then = then;
    }

    void go() {
      while (holders + open < copies && !candidates.isEmpty()) {
        open++;
        give(candidates.poll(), new ArrayDeque<>(files));
      }
      if (open == 0) {
        if (holders < copies) {
          log.warn("file {} is kept by {} other members, not by {}: there are no more", files.getFirst(), holders, copies);
        }
        then.run();
      }
    }

    private void give(String member, Deque<String> left) {
      left.removeIf(file -> held.getOrDefault(file, Set.of()).contains(member));
      if (left.isEmpty()) {
        settled(true);
        return;
      }
      String file = left.poll();
      sender.send(member, file, epoch, kept -> {
        if (kept) {
          held.computeIfAbsent(file, each -> new TreeSet<>()).add(member);
          give(member, left);
        } else {
          settled(false);
        }
      });
    }

    private void settled(boolean kept) {
      open--;
      holders += kept ? 1 : 0;
      go();
    }
  }

  void keepBySome(List<String> files, int epoch, Runnable then) {
    new Spread(files, epoch, then).go();
  }

  /** Forgets who has files that are no longer here. */
  void forget(Predicate<String> gone) {
    held.keySet().removeIf(gone);
  }

  void memberGone(String member) {
    held.values().forEach(members -> members.remove(member));
  }
}
