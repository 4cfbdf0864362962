package pinfold.scenario.recorded;

/** A recorded script file that cannot be read. The message names file, line and column, what is there and what would be right. */
public final class ScriptSyntaxException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  ScriptSyntaxException(String file, int line, int column, String message) {
    super(file + ":" + line + ":" + column + ": " + message);
    this.line = line;
    this.column = column;
  }

  /** The line, counted from 1. */
  public int line() {
    return line;
  }

  /** The first character of the item at fault, counted from 1. */
  public int column() {
    return column;
  }
}
