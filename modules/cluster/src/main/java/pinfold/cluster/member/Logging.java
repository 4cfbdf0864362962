package pinfold.cluster.member;

import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Events of runs in the log: a message for people, and fields that have the same names everywhere. */
final class Logging {
  private Logging() {}

  static LoggingEventBuilder event(Logger log, Level level, String run, int epoch) {
    return log.atLevel(level).addKeyValue("run", run).addKeyValue("epoch", epoch);
  }

  static double seconds(long nanos) {
    return Math.round(nanos / 1e6) / 1e3;
  }
}
