package pinfold.kernel.zone;

import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.zone.ZoneCompaction.Request;

/**
 * What compaction asks a zone, each question with the request's five words behind sent-at and task, and the answers behind the task:
 *
 * <ul>
 *   <li>COMPACT_BEGIN flags of the check for room, 1 to check without CMA too; COMPACT_BEGUN {@link CompactResult}, migrate pfn, free
 *       pfn, 1 if it will be the whole zone, 1 to keep the cached places together.
 *   <li>COMPACT_NEXT migrate pfn, free pfn, those two bits; COMPACT_BLOCK {@link CompactResult}, migrate pfn, and the map of free pages.
 *   <li>COMPACT_FREE migrate pfn, free pfn, pages wanted; COMPACT_FREED free pfn, and the blocks as {@link FreedPage} words.
 *   <li>Without the request's words: COMPACT_ROOM order, highest zone; COMPACT_ROOM_IS {@link #READY}, {@link #SUITS}.
 *   <li>The same: COMPACT_SUITS; COMPACT_SUITS_IS 1 if kcompactd could make a block of the order that is not there.
 *   <li>Without sent-at and task, unanswered: COMPACT_SCANNED from, to, isolated, and bits as {@link #ANY}; COMPACT_END
 *       {@link CompactResult}, highest pfn released or -1; COMPACT_ALLOCATED: the request has got its pages.
 * </ul>
 */
public final class CompactMessages {
  private static final int ANSWERED = 2;
  private static final int REQUEST = 5;

  /** Some page was isolated, kept or not. */
  public static final int ANY = 1;
  /** The scan was to go to the end of its pageblock. */
  public static final int FINISH = 2;
  /** compaction_ready(): compaction is worth while and has a buffer above the high watermark, or there is nothing to compact for. */
  public static final int READY = 1;
  /** compaction_suitable(), or there is nothing to compact for. */
  public static final int SUITS = 2;

  private CompactMessages() {}

  /** What a question cost: free pages looked at, free blocks taken and their pages, pageblocks looked at. */
  record Work(int pages, int blocks, int isolated, int pageblocks) {}

  /** Adds the request's words. */
  public static EventBatch add(EventBatch out, Request request) {
    return out.add(request.order()).add(request.migratetype()).add(request.allocFlags()).add(request.highestZone())
        .add(request.priority().ordinal());
  }

  /** Whether a question is kcompactd's, of those that have a request's words. */
  static boolean byKcompactd(Event event) {
    return event.kind() == Messages.COMPACT_FREE && !request(event, ANSWERED).priority().direct();
  }

  private static Request request(Event event, int at) {
    return new Request(event.intWord(at), event.intWord(at + 1), event.intWord(at + 2), event.intWord(at + 3),
        CompactPriority.of(event.intWord(at + 4)));
  }

  static int answerKind(int kind) {
    return switch (kind) {
      case Messages.COMPACT_BEGIN -> Messages.COMPACT_BEGUN;
      case Messages.COMPACT_NEXT -> Messages.COMPACT_BLOCK;
      case Messages.COMPACT_ROOM -> Messages.COMPACT_ROOM_IS;
      case Messages.COMPACT_SUITS -> Messages.COMPACT_SUITS_IS;
      default -> Messages.COMPACT_FREED;
    };
  }

  static Work answer(ZoneCompaction compaction, Event event, LongList answer) {
    if (event.kind() == Messages.COMPACT_ROOM) {
      int order = event.intWord(ANSWERED);
      int highestZone = event.intWord(ANSWERED + 1);
      answer.add((compaction.ready(order, highestZone) ? READY : 0) | (compaction.suits(order, highestZone) ? SUITS : 0));
      return new Work(0, 0, 0, 0);
    }
    if (event.kind() == Messages.COMPACT_SUITS) {
      answer.add(compaction.wants(event.intWord(ANSWERED), event.intWord(ANSWERED + 1)) ? 1 : 0);
      return new Work(0, 0, 0, 0);
    }
    Request request = request(event, ANSWERED);
    int at = ANSWERED + REQUEST;
    return switch (event.kind()) {
      case Messages.COMPACT_BEGIN -> {
        answer.add(compaction.begin(request, event.intWord(at), event.word(at + 1) != 0).ordinal());
        answer.add(compaction.migratePfn());
        answer.add(compaction.freePfn());
        answer.add(compaction.isWhole(request.priority()) ? 1 : 0);
        answer.add(compaction.updatesCached(request.priority()) ? 1 : 0);
        yield new Work(0, 0, 0, 1);
      }
      case Messages.COMPACT_NEXT -> next(compaction, request, event, at, answer);
      default -> {
        LongList blocks = new LongList();
        int seen = compaction.isolateFree(request.priority(), event.intWord(at), event.intWord(at + 1), event.intWord(at + 2), blocks);
        answer.add(compaction.freePfn());
        int pages = 0;
        for (int i = 0; i < blocks.size(); i++) {
          answer.add(blocks.get(i));
          pages += 1 << FreedPage.order(blocks.get(i));
        }
        yield new Work(seen, blocks.size(), pages, 0);
      }
    };
  }

  private static Work next(ZoneCompaction compaction, Request request, Event event, int at, LongList answer) {
    CompactResult result = compaction.next(request, event.intWord(at), event.intWord(at + 1), event.word(at + 2) != 0,
        event.word(at + 3) != 0);
    answer.add(result.ordinal());
    answer.add(compaction.migratePfn());
    if (result == CompactResult.CONTINUE) {
      for (long word : compaction.freeMap(compaction.migratePfn())) {
        answer.add(word);
      }
    }
    return new Work(0, 0, 0, Math.max(1, compaction.looked()));
  }

  /** What is told and not answered. */
  static void note(ZoneCompaction compaction, Event event) {
    Request request = request(event, 0);
    switch (event.kind()) {
      case Messages.COMPACT_ALLOCATED -> compaction.allocated(request.order());
      case Messages.COMPACT_END ->
          compaction.end(request.order(), request.priority(), CompactResult.of(event.intWord(REQUEST)), event.intWord(REQUEST + 1));
      default -> {
        int bits = event.intWord(REQUEST + 3);
        compaction.scanned(request, event.intWord(REQUEST), event.intWord(REQUEST + 1), event.intWord(REQUEST + 2), (bits & ANY) != 0,
            (bits & FINISH) != 0);
      }
    }
  }
}
