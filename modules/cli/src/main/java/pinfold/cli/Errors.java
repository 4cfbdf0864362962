package pinfold.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import pinfold.experiment.compare.LivelockException;
import pinfold.experiment.compare.RunsFailedException;
import pinfold.experiment.results.NotAResultException;
import pinfold.scenario.ConfigError;
import pinfold.scenario.recorded.ScriptSyntaxException;

/**
 * The one place where a failure becomes an exit code. The user's mistakes are one line on standard error; ours are one
 * line too, with the stack trace in a file if {@code --debug} was given.
 */
final class Errors {
  private static final Pattern CHOICES = Pattern.compile("(one of \\[[^]]*]) \\(case-insensitive\\)");

  private Errors() {}

  /** A wrong option or argument. */
  static int parameter(ParameterException wrong, PrintWriter err) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    StringBuilder line = new StringBuilder(name).append(": ").append(lowerCaseChoices(oneLine(wrong.getMessage())));
    List<String> suggestions = wrong instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    if (!suggestions.isEmpty()) {
      line.append("; did you mean ").append(String.join(", ", suggestions.subList(0, Math.min(3, suggestions.size()))))
          .append('?');
    }
    err.println(line.append(" (see ").append(name).append(" --help)"));
    err.flush();
    return ExitCode.BAD_INPUT;
  }

  /** Whatever a command threw. */
  static int execution(Throwable failure, boolean debug, PrintWriter err) {
    int code = switch (failure) {
      case ConfigError wrong -> badInput(wrong.getMessage(), err);
      case ScriptSyntaxException wrong -> badInput(wrong.getMessage(), err);
      case NotAResultException wrong -> badInput(wrong.getMessage(), err);
      case NoSuchFileException missing -> badInput(missing.getFile() + ": no such file", err);
      case AccessDeniedException denied -> badInput(denied.getFile() + ": permission denied", err);
      case OutOfMemoryError full -> badInput(String.format(
          "the heap of %d MiB is full: set PINFOLD_HEAP to more, as PINFOLD_HEAP=12g, or simulate less memory",
          Runtime.getRuntime().maxMemory() >> 20), err);
      case LivelockException livelock -> livelock(livelock.getMessage(), err);
      case RunsFailedException runs when isUsers(runs.getCause()) -> execution(runs.getCause(), debug, err);
      case RunsFailedException runs -> internal(runs.getMessage(), failure, debug, err);
      default -> internal(oneLine(failure.toString()), failure, debug, err);
    };
    if (debug && code != ExitCode.INTERNAL) {
      failure.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static int badInput(String message, PrintWriter err) {
    err.println("pinfold: " + oneLine(message));
    return ExitCode.BAD_INPUT;
  }

  private static int livelock(String message, PrintWriter err) {
    err.println("pinfold: " + message);
    return ExitCode.LIVELOCK;
  }

  private static boolean isUsers(Throwable problem) {
    return problem instanceof ConfigError || problem instanceof OutOfMemoryError;
  }

  private static int internal(String what, Throwable failure, boolean debug, PrintWriter err) {
    String where = debug ? writeTrace(failure, err) : "run it again with --debug for the stack trace";
    err.println("pinfold: failed, and it should not have: " + what + " (" + where + ")");
    return ExitCode.INTERNAL;
  }

  private static String writeTrace(Throwable failure, PrintWriter err) {
    try {
      Path file = Files.createTempFile("pinfold-failure-", ".txt");
      try (PrintWriter trace = new PrintWriter(Files.newBufferedWriter(file))) {
        failure.printStackTrace(trace);
      }
      return "stack trace in " + file;
    } catch (IOException e) {
      failure.printStackTrace(err);
      return "stack trace above; no file could be written: " + e.getMessage();
    }
  }

  /** Picocli names enum constants as Java does; users write them in lower case. */
  private static String lowerCaseChoices(String message) {
    return CHOICES.matcher(message).replaceAll(choices -> choices.group(1).toLowerCase(Locale.ROOT));
  }

  private static String oneLine(String message) {
    return message == null ? "no reason given" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
