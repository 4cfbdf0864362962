package pinfold.cluster.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import pinfold.cluster.round.RoundExchange;
import pinfold.cluster.round.RoundLinks;
import pinfold.cluster.round.RoundMessage;

/**
 * What is under way between members in one thread, and what becomes of it: it is lost, doubled, delayed and reordered, as the seed has it.
 * A message that is delayed arrives after the clocks have ticked, so after somebody may have asked for it again, or rounds later.
 */
public final class BadNetwork {
  private final Random random;
  private final double trouble;
  private final List<Runnable> underWay = new ArrayList<>();
  private final List<Runnable> delayed = new ArrayList<>();
  private int losses;
  private int doubles;
  private int delays;

  /**
   * @param trouble share of the messages that is lost, of the others that comes twice, and of all these copies that is delayed; at 0 all
   *     come once and in order
   */
  public BadNetwork(Random random, double trouble) {
    this.random = random;
    this.trouble = trouble;
  }

  /**
   * What a member sends with.
   *
   * @param exchanges by member, when all are there
   * @param steps has a member go on after it received something
   */
  public RoundLinks links(int from, IntFunction<RoundExchange> exchanges, IntConsumer steps) {
    return new RoundLinks() {
      @Override
      public void send(int to, RoundMessage message) {
        carry(() -> {
          exchanges.apply(to).receive(message);
          steps.accept(to);
        });
      }

      @Override
      public void askAgain(int to, long round) {
        carry(() -> exchanges.apply(to).askedAgain(from, round));
      }
    };
  }

  private void carry(Runnable delivery) {
    if (random.nextDouble() < trouble) {
      losses++;
      return;
    }
    sendOff(delivery);
    if (random.nextDouble() < trouble) {
      doubles++;
      sendOff(delivery);
    }
  }

  private void sendOff(Runnable delivery) {
    boolean late = random.nextDouble() < trouble;
    delays += late ? 1 : 0;
    (late ? delayed : underWay).add(delivery);
  }

  /** What a member does by itself between messages: it happens once, and nobody knows when. */
  public void soon(Runnable something) {
    underWay.add(something);
  }

  /** Messages lost, doubled and delayed so far, whichever happened least. */
  public int fewestTroubles() {
    return Math.min(losses, Math.min(doubles, delays));
  }

  /** Whether nothing arrives before the clocks tick. */
  public boolean isQuiet() {
    return underWay.isEmpty();
  }

  /** Whether nothing will ever arrive. */
  public boolean isEmpty() {
    return underWay.isEmpty() && delayed.isEmpty();
  }

  /** The clocks tick: every second of what is delayed, by chance, is under way again. */
  public void tick() {
    delayed.removeIf(delivery -> random.nextBoolean() && underWay.add(delivery));
  }

  /** Delivers until nothing is under way. */
  public void deliverAll() {
    while (!underWay.isEmpty()) {
      underWay.remove(trouble == 0 ? 0 : random.nextInt(underWay.size())).run();
    }
  }
}
