package pinfold.cluster.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import pinfold.cluster.round.RoundExchange;
import pinfold.cluster.round.RoundLinks;
import pinfold.cluster.round.RoundMessage;

/** What is under way between members in one thread, and what becomes of it: it is lost, doubled and reordered, as the seed has it. */
public final class BadNetwork {
  private final Random random;
  private final double trouble;
  private final List<Runnable> underWay = new ArrayList<>();
  private int lost;

  /** @param trouble share of the messages that is lost, and of the others that comes twice; at 0 all come once and in order */
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
      lost++;
      return;
    }
    underWay.add(delivery);
    if (random.nextDouble() < trouble) {
      underWay.add(delivery);
    }
  }

  /** Messages lost so far. */
  public int lost() {
    return lost;
  }

  public boolean isEmpty() {
    return underWay.isEmpty();
  }

  /** Delivers until nothing is under way. */
  public void deliverAll() {
    while (!underWay.isEmpty()) {
      underWay.remove(trouble == 0 ? 0 : random.nextInt(underWay.size())).run();
    }
  }
}
