package pinfold.scenario;

import java.util.Objects;

/**
 * A file or an override says something that cannot be used. The message is made to be shown alone: file, line,
 * setting, value, and what would be right. The command line prints it and ends with {@link #EXIT_CODE}.
 */
public final class ConfigError extends RuntimeException {
  /** What the command line ends with when it meets one. */
  public static final int EXIT_CODE = 2;

  private final String file;
  private final int line;
  private final String setting;

  /**
   * @param file where the value was written: a file as the user named it, or {@code --set path=value}
   * @param line from 1; 0 or less if the place has no line
   * @param setting full path of the setting; empty if the whole file is meant
   * @param value the value as written; null if there is none
   * @param problem what is wrong and what would be right
   */
  public ConfigError(String file, int line, String setting, String value, String problem) {
    super(message(file, line, setting, value, problem));
    this.file = Objects.requireNonNull(file);
    this.line = line;
    this.setting = setting;
  }

  private static String message(String file, int line, String setting, String value, String problem) {
    StringBuilder text = new StringBuilder(file);
    if (line > 0) {
      text.append(':').append(line);
    }
    text.append(": ");
    if (!setting.isEmpty()) {
      text.append(setting);
      if (value != null) {
        text.append(" = ").append(value);
      }
      text.append(": ");
    }
    return text.append(problem).toString();
  }

  /** The file as the user named it, or the override. */
  public String file() {
    return file;
  }

  /** The line, from 1; 0 or less if there is none. */
  public int line() {
    return line;
  }

  /** Full path of the setting; empty if the whole file is meant. */
  public String setting() {
    return setting;
  }
}
