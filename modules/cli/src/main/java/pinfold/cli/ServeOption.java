package pinfold.cli;

import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** Whether the work can be watched in a browser. */
final class ServeOption {
  private static final int MOST = 65_535;

  @Option(names = "--serve", paramLabel = "PORT", description = "Show the work in a browser of this machine while it goes on, at "
      + "http://127.0.0.1:PORT/; 0 takes any port that is free and says which. The result is the same.")
  Integer serve;

  OptionalInt toPort(Command command) {
    if (serve == null) {
      return OptionalInt.empty();
    }
    if (serve < 0 || serve > MOST) {
      throw command.wrong("--serve = " + serve + " should be a port, from 0 to " + MOST);
    }
    return OptionalInt.of(serve);
  }
}
