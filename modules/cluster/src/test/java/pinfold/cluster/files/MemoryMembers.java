package pinfold.cluster.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.helpers.NOPLogger;
import pinfold.cluster.checkpoint.CheckpointException;

/** Keepers of files with a directory each, and a network between them that loses, doubles and, between different members, reorders. */
final class MemoryMembers {
  private static final FileKeeper.Sizes SIZES = new FileKeeper.Sizes(16, 20);
  /** Nobody has lost a message so often. */
  private static final int QUIET_TICKS = 150;

  private final Path base;
  private final int copies;
  private final Random random;
  private final double loss;
  private final TreeMap<String, Member> members = new TreeMap<>();
  /** By sender and receiver: what is on its way, in order. */
  private final TreeMap<String, Deque<Runnable>> links = new TreeMap<>();
  final TreeSet<String> unreachable = new TreeSet<>();
  int lost;

  MemoryMembers(Path base, int members, int copies, long seed, double loss) {
    this.base = base;
    this.copies = copies;
    this.random = new Random(seed);
    this.loss = loss;
    for (int i = 0; i < members; i++) {
      add("member-" + i);
    }
  }

  Member add(String name) {
    Member member = new Member(name);
    members.put(name, member);
    return member;
  }

  Member get(int i) {
    return members.get("member-" + i);
  }

  final class Member implements MemberLinks, KeptRuns {
    final String name;
    final List<String> oldRemoved = new ArrayList<>();
    /** It cannot be told which checkpoints are old. */
    boolean unreadable;
    final FileKeeper keeper;

    Member(String name) {
      this.name = name;
      this.keeper = new FileKeeper(this, copies, SIZES, this, NOPLogger.NOP_LOGGER);
    }

    void handle(FileMessage message) {
      try {
        keeper.handle(message);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Path file(String file) {
      return root().resolve(file);
    }

    void write(String file, byte[] bytes) {
      try {
        Files.createDirectories(file(file).getParent());
        Files.write(file(file), bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] read(String file) {
      try {
        return Files.exists(file(file)) ? Files.readAllBytes(file(file)) : null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Path root() {
      return base.resolve(name);
    }

    @Override
    public int epoch(String run) {
      byte[] epoch = read(run + "/epoch");
      return epoch == null ? 0 : ByteBuffer.wrap(epoch).getInt();
    }

    @Override
    public void removeOldCheckpoints(String run) {
      if (unreadable) {
        throw new CheckpointException("a disk that cannot be read");
      }
      oldRemoved.add(run);
    }

    @Override
    public void discardCheckpoint(String run, String checkpoint) {
      try {
        Files.deleteIfExists(file(run + "/checkpoints/" + checkpoint + "/complete"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String self() {
      return name;
    }

    @Override
    public List<String> up() {
      return List.copyOf(members.keySet());
    }

    @Override
    public List<String> others() {
      List<String> ring = new ArrayList<>(members.tailMap(name, false).keySet());
      ring.addAll(members.headMap(name, false).keySet());
      ring.removeAll(unreachable);
      return ring;
    }

    @Override
    public boolean isMember(String member) {
      return members.containsKey(member);
    }

    @Override
    public void tell(String to, FileMessage message) {
      if (random.nextDouble() < loss || unreachable.contains(to) || unreachable.contains(name)) {
        lost++;
        return;
      }
      for (int i = random.nextDouble() < loss ? 2 : 1; i > 0; i--) {
        links.computeIfAbsent(name + " " + to, link -> new ArrayDeque<>()).add(() -> {
          if (members.containsKey(to)) {
            members.get(to).handle(message);
          }
        });
      }
    }
  }

  /** A member is dead, and the others have heard it. */
  void remove(String name) {
    members.remove(name);
    unreachable.remove(name);
    members.values().forEach(member -> member.handle(new FileMessage.MemberGone(name)));
  }

  /** Until nothing is on its way and as many ticks have passed as anybody may wait. */
  void run() {
    for (int quiet = 0; quiet < QUIET_TICKS; quiet++) {
      for (List<String> ways = ways(); !ways.isEmpty(); ways = ways()) {
        links.get(ways.get(random.nextInt(ways.size()))).poll().run();
        quiet = 0;
      }
      List.copyOf(members.values()).forEach(member -> member.handle(new FileMessage.Tick()));
    }
  }

  private List<String> ways() {
    return links.entrySet().stream().filter(link -> !link.getValue().isEmpty()).map(Map.Entry::getKey).toList();
  }
}
