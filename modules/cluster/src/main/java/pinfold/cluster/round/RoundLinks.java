package pinfold.cluster.round;

/** Carries messages to other members; may lose, double, delay and reorder them. */
public interface RoundLinks {
  void send(int toMember, RoundMessage message);

  /** Asks a member to say again what it said before a round. */
  void askAgain(int toMember, long round);
}
