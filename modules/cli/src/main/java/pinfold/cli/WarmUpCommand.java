package pinfold.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Does a little of everything, so that the JVM's ahead-of-time cache learns which classes Pinfold uses. For the launcher. */
@picocli.CommandLine.Command(name = "warm-up", hidden = true, header = "Train the JVM's ahead-of-time cache.",
    footer = {"", "Examples:", "  pinfold warm-up"})
final class WarmUpCommand extends Command {
  @Override
  public Integer call() throws Exception {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    CommandLine again = root().commandLine().setOut(nowhere).setErr(nowhere);
    again.execute("--version");
    for (String name : again.getSubcommands().keySet()) {
      again.execute(name, "--help");
    }
    return ask(root().backEnds().warmUp(), null);
  }
}
