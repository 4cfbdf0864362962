package pinfold.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Logs: a line per event on standard error for a member of a cluster, none for all other commands. */
final class Logs {
  private Logs() {}

  static void configure(boolean isMember) {
    System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
    Logger.getLogger("").setLevel(isMember ? Level.INFO : Level.OFF);
  }
}
