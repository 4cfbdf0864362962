package pinfold.scenario;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads what a user wrote, and says in plain words why it cannot. */
public final class TextFile {
  private TextFile() {}

  /**
   * The whole file.
   *
   * @param shownAs its name in messages
   * @throws ConfigError if it is no readable UTF-8 text
   */
  public static String read(Path file, String shownAs) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigError(shownAs, 0, "", null, "is not UTF-8 text");
    } catch (IOException e) {
      throw new ConfigError(shownAs, 0, "", null, "cannot be read: " + reason(file, e));
    }
  }

  /** Why something could not be done with a file, without Java's names for it. */
  static String reason(Path file, IOException problem) {
    return switch (problem) {
      case NoSuchFileException missing -> "no such file or directory";
      case AccessDeniedException denied -> "permission denied";
      default -> Files.isDirectory(file) ? "is a directory" : String.valueOf(problem.getMessage());
    };
  }
}
