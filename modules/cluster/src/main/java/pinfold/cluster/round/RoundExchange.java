package pinfold.cluster.round;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.EventBatch;
import pinfold.engine.Host.Outcome;

/**
 * One member's side of the rounds. Not thread-safe; whoever owns it calls {@link #begin} once, then {@link #receive} and
 * {@link #askedAgain} for what comes in, {@link #step} until it returns false, and {@link #tick} now and then while nothing comes.
 *
 * <p>A member sends its message for a round when it has run the one before, and runs the round when it has the messages of all. So
 * nobody is more than one round ahead, and the last two messages to each member are all that may be asked for again. What comes twice
 * or from rounds past is ignored.
 */
public final class RoundExchange {
  private final int self;
  private final int members;
  private final Part part;
  private final int[] memberOfEntity;
  private final long windowNanos;
  private final long endNanos;
  private final long sampleNanos;
  private final RoundLinks links;
  private final RoundListener listener;
  /** By parity of the round and member. */
  private final RoundMessage[][] sent;
  private final RoundMessage[][] received;

  private long round;
  private int missing;
  private long nowNanos;
  private long nextSampleNanos;
  private int requests;
  private boolean running;
  private boolean over;

  /**
   * @param memberOfEntity number of the member that has each entity, by entity id
   * @param windowNanos length of a round, at most the shortest link between entities of different members
   * @param endNanos end of the run, if nobody asks for an earlier one
   * @param sampleNanos interval at whose multiples all members stop for {@link RoundListener#atSample}
   * @param startNanos simulated time at which all members stand, a multiple of {@code sampleNanos} only if it was sampled before
   */
  public RoundExchange(int self, int members, Part part, int[] memberOfEntity, long windowNanos, long startNanos, long endNanos,
      long sampleNanos, RoundLinks links, RoundListener listener) {
    this.self = self;
    this.members = members;
    this.part = part;
    this.memberOfEntity = memberOfEntity;
    this.windowNanos = windowNanos;
    this.endNanos = endNanos;
    this.sampleNanos = sampleNanos;
    this.links = links;
    this.listener = listener;
    this.nowNanos = startNanos;
    this.nextSampleNanos = (startNanos / sampleNanos + 1) * sampleNanos;
    this.sent = new RoundMessage[2][members];
    this.received = new RoundMessage[2][members];
  }

  /** Has all members hear {@link RoundListener#atRequest} with these bits at one of the next boundaries. */
  public void request(int bits) {
    requests |= bits;
  }

  /** Number of the round that this member waits for. */
  public long round() {
    return round;
  }

  /** Simulated time up to which everything here has happened. */
  public long nowNanos() {
    return nowNanos;
  }

  /** Whether a round is under way here: the part runs, and must not be looked at. */
  public boolean isRunning() {
    return running;
  }

  public boolean isOver() {
    return over;
  }

  /** Sends the message of the first round. */
  public void begin() {
    tell();
  }

  private void tell() {
    List<List<EventBatch>> batches = new ArrayList<>();
    for (int member = 0; member < members; member++) {
      batches.add(new ArrayList<>());
    }
    long sentNanos = Long.MAX_VALUE;
    for (EventBatch batch : part.takeOutgoing()) {
      batches.get(memberOfEntity[batch.destination()]).add(batch);
      sentNanos = Math.min(sentNanos, batch.earliestNanos());
    }
    long next = Math.min(part.nextNanos(), sentNanos);
    long silent = Math.min(part.earliestSendNanos(), sentNanos);
    int parity = (int) round & 1;
    missing = members;
    for (int member = 0; member < members; member++) {
      RoundMessage message = new RoundMessage(self, round, next, silent, part.stopAtNanos(), requests, batches.get(member));
      sent[parity][member] = message;
      if (member != self) {
        links.send(member, message);
        missing -= received[parity][member] == null ? 0 : 1;
      }
    }
    requests = 0;
    received[parity][self] = sent[parity][self];
    missing--;
  }

  /** Takes in a message. While the part runs all of this round were here, and another is a copy. */
  public void receive(RoundMessage message) {
    int parity = (int) message.round() & 1;
    long first = running ? round + 1 : round;
    if (over || message.round() < first || message.round() > round + 1 || received[parity][message.from()] != null) {
      return;
    }
    received[parity][message.from()] = message;
    if (message.round() == round) {
      missing--;
    }
  }

  /** A member lost, or never got, what this one said before a round. */
  public void askedAgain(int member, long forRound) {
    RoundMessage message = sent[(int) forRound & 1][member];
    if (message != null && message.round() == forRound) {
      links.send(member, message);
    }
  }

  /** Asks everybody for what is missing. */
  public void tick() {
    for (int member = 0; member < members && !over && !running; member++) {
      if (received[(int) round & 1][member] == null) {
        links.askAgain(member, round);
      }
    }
  }

  /** Members whose message for the next round is missing. */
  public List<Integer> waitingFor() {
    List<Integer> waiting = new ArrayList<>();
    for (int member = 0; member < members && !over; member++) {
      if (received[(int) round & 1][member] == null) {
        waiting.add(member);
      }
    }
    return waiting;
  }

  /**
   * Begins the next round if everything for it is here, and returns whether it did. What follows from it is sent when the part has run;
   * where the part does so later, this is to be called again then.
   */
  public boolean step() {
    if (missing > 0 || over || running) {
      return false;
    }
    RoundMessage[] messages = received[(int) round & 1];
    long next = Long.MAX_VALUE;
    long silent = Long.MAX_VALUE;
    long stop = Long.MAX_VALUE;
    int asked = 0;
    for (RoundMessage message : messages) {
      next = Math.min(next, message.nextNanos());
      silent = Math.min(silent, message.silentUntilNanos());
      stop = Math.min(stop, message.stopAtNanos());
      asked |= message.requests();
    }
    for (int member = 0; member < members; member++) {
      messages[member].batches().forEach(part::deliver);
      messages[member] = null;
    }
    if (asked != 0) {
      listener.atRequest(round, nowNanos, asked);
    }
    long limit = Math.min(endNanos, stop);
    while (nextSampleNanos <= Math.min(next, limit) && next < Long.MAX_VALUE) {
      nowNanos = nextSampleNanos;
      listener.atSample(nextSampleNanos);
      nextSampleNanos += sampleNanos;
    }
    if (next >= limit) {
      end(next, limit, stop);
      return true;
    }
    long from = Math.max(next, silent);
    long most = Math.min(limit, nextSampleNanos);
    long until = from >= most - windowNanos ? most : from + windowNanos;
    running = true;
    part.runUntil(until, () -> ran(until));
    return true;
  }

  private void ran(long until) {
    running = false;
    nowNanos = until;
    round++;
    tell();
  }

  private void end(long next, long limit, long stop) {
    over = true;
    if (limit < Long.MAX_VALUE) {
      nowNanos = Math.max(nowNanos, limit);
    }
    listener.ended(Outcome.of(next, stop, endNanos), nowNanos);
  }
}
