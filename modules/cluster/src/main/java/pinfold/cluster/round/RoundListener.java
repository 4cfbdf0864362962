package pinfold.cluster.round;

import pinfold.engine.Host.Outcome;

/** Hears at which boundaries all members stand at once; what they have sent so far has reached its receivers then. */
public interface RoundListener {
  /** All members are at this instant of simulated time, a multiple of the sample interval. */
  void atSample(long nowNanos);

  /** Some members asked for something before this round: all of them hear it at the same boundary, as the bits of all requests. */
  void atRequest(long round, long nowNanos, int requests);

  /** The run is over; nothing more is sent. */
  void ended(Outcome outcome, long nowNanos);
}
