package pinfold.cluster.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import pinfold.cluster.files.FileMessage.ChunkTaken;
import pinfold.cluster.files.FileMessage.FileRefused;

/**
 * Sends files to other members: {@value #AT_ONCE} at a time to each, of each one chunk that was not answered, so the transport's queue
 * never fills. A chunk without an answer is sent again until the member is removed.
 */
final class FileSender {
  private static final int AT_ONCE = 2;
  /** Ticks without an answer after which a chunk is sent again. */
  private static final int PATIENCE_TICKS = 4;

  private final Path root;
  private final int chunkBytes;
  private final MemberLinks links;
  private final Logger log;
  private final TreeMap<String, Deque<Transfer>> waiting = new TreeMap<>();
  private final TreeMap<String, List<Transfer>> active = new TreeMap<>();

  private static final class Transfer {
    final String file;
    final int epoch;
    final Consumer<Boolean> then;
    OutgoingFile source;
    int ticks;

    Transfer(String file, int epoch, Consumer<Boolean> then) {
      this.file = file;
      this.epoch = epoch;
      this.then = then;
    }
  }

  FileSender(Path root, int chunkBytes, MemberLinks links, Logger log) {
    this.root = root;
    this.chunkBytes = chunkBytes;
    this.links = links;
    this.log = log;
  }

  /** @param then hears whether the member has the file on disk; false when it was refused, is gone here, or the member is */
  void send(String to, String file, int epoch, Consumer<Boolean> then) {
    if (!links.isMember(to)) {
      then.accept(false);
      return;
    }
    waiting.computeIfAbsent(to, member -> new ArrayDeque<>()).add(new Transfer(file, epoch, then));
    next(to);
  }

  /** Whether the file is on its way there. */
  boolean isSending(String to, String file) {
    return active(to, file) != null || waiting.getOrDefault(to, new ArrayDeque<>()).stream().anyMatch(each -> each.file.equals(file));
  }

  private Transfer active(String to, String file) {
    return active.getOrDefault(to, List.of()).stream().filter(each -> each.file.equals(file)).findFirst().orElse(null);
  }

  /** Begins what may begin; a file that is under way is not begun a second time before. */
  private void next(String to) {
    Deque<Transfer> queue = waiting.getOrDefault(to, new ArrayDeque<>());
    List<Transfer> now = active.computeIfAbsent(to, member -> new ArrayList<>());
    while (!queue.isEmpty() && now.size() < AT_ONCE && active(to, queue.peek().file) == null) {
      Transfer transfer = queue.poll();
      now.add(transfer);
      try {
        transfer.source = new OutgoingFile(root.resolve(transfer.file), chunkBytes);
        chunk(to, transfer);
      } catch (IOException e) {
        unreadable(to, transfer, e);
      }
    }
  }

  private void chunk(String to, Transfer transfer) {
    transfer.ticks = 0;
    links.tell(to, transfer.source.chunk(links.self(), transfer.file, transfer.epoch));
  }

  /** As when a checkpoint that is no longer needed was removed meanwhile. */
  private void unreadable(String to, Transfer transfer, IOException e) {
    log.info("file {} is not sent to {}: {}", transfer.file, to, e.toString());
    end(to, transfer, false);
  }

  private void end(String to, Transfer transfer, boolean kept) {
    active.get(to).remove(transfer);
    if (transfer.source != null) {
      try {
        transfer.source.close();
      } catch (IOException e) {
        log.warn("file {}", transfer.file, e); // It was only read.
      }
    }
    transfer.then.accept(kept);
    next(to);
  }

  void taken(ChunkTaken answer) {
    Transfer transfer = active(answer.from(), answer.file());
    if (transfer == null) {
      return;
    }
    try {
      if (answer.whole() && answer.next() == transfer.source.next()) {
        end(answer.from(), transfer, true);
      } else if (answer.next() == transfer.source.next()) {
        transfer.source.advance();
        chunk(answer.from(), transfer);
      } else if (answer.next() == 0) {
        transfer.source.rewind();
        chunk(answer.from(), transfer);
      }
    } catch (IOException e) {
      unreadable(answer.from(), transfer, e);
    }
  }

  void refused(FileRefused answer) {
    Transfer transfer = active(answer.from(), answer.file());
    if (transfer != null) {
      log.warn("file {}: {} does not take it: {}", answer.file(), answer.from(), answer.why());
      end(answer.from(), transfer, false);
    }
  }

  void memberGone(String member) {
    Deque<Transfer> queue = waiting.remove(member);
    for (Transfer transfer : List.copyOf(active.getOrDefault(member, List.of()))) {
      end(member, transfer, false);
    }
    active.remove(member);
    if (queue != null) {
      queue.forEach(transfer -> transfer.then.accept(false));
    }
  }

  void tick() {
    active.forEach((to, transfers) -> transfers.stream().filter(each -> ++each.ticks > PATIENCE_TICKS)
        .forEach(each -> chunk(to, each)));
  }

  void close() {
    List.copyOf(active.keySet()).forEach(this::memberGone);
  }
}
