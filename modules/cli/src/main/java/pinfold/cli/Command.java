package pinfold.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import pinfold.cli.backend.BackEnd;

/** What all commands share: {@code --help}, {@code --debug}, and how an answer becomes an exit code. */
abstract class Command implements Callable<Integer> {
  @Spec(Target.SELF)
  CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
  boolean help;

  @Option(names = "--debug", description = "Where Pinfold fails, write the stack trace.")
  boolean debug;

  /** Asks the back end. */
  final <R> int ask(BackEnd<R> backEnd, R request) throws Exception {
    boolean yes = backEnd.execute(request, root().session());
    if (root().session().cancelled()) {
      return ExitCode.CANCELLED;
    }
    return yes ? ExitCode.OK : ExitCode.NO;
  }

  final Pinfold root() {
    return (Pinfold) spec.root().userObject();
  }

  /** For what picocli cannot check. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  final int atLeast(int least, int value, String option) {
    if (value < least) {
      throw wrong(option + " = " + value + " must be at least " + least);
    }
    return value;
  }
}
