package pinfold.cli;

/** The command is described but this build has no back end for it. */
public final class NotBuiltYetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotBuiltYetException(String command) {
    super("'" + command + "' is not built yet");
  }
}
