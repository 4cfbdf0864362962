package pinfold.scenario.recorded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of recorded scripts: one script per line, empty lines and lines that begin with {@code #} ignored.
 *
 * @param name what errors and reports call the file
 * @param scripts the scripts in the order of the file
 */
public record RecordedScriptFile(String name, List<RecordedScript> scripts) {

  public RecordedScriptFile {
    scripts = List.copyOf(scripts);
  }

  /**
   * Reads a file.
   *
   * @throws ScriptSyntaxException if a line is not a script
   */
  public static RecordedScriptFile read(Path path) throws IOException {
    return parse(path.toString(), Files.readString(path, StandardCharsets.UTF_8));
  }

  /**
   * Reads a text.
   *
   * @param name what errors call the text
   * @throws ScriptSyntaxException if a line is not a script
   */
  public static RecordedScriptFile parse(String name, String text) {
    List<RecordedScript> scripts = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        scripts.add(new RecordedScriptParser(name, number, line.stripTrailing()).parse());
      }
    }
    return new RecordedScriptFile(name, scripts);
  }
}
