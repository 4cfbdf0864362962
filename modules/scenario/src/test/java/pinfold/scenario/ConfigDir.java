package pinfold.scenario;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A directory of configuration files written by a test, in front of the repository's own. */
record ConfigDir(Path path) {
  /** The repository's {@code config/}, seen from the module that Maven runs the tests in. */
  static final Path SHIPPED = Path.of("..", "..", "config");

  List<Path> searchPath() {
    return List.of(path, SHIPPED);
  }

  /** Writes {@code name} below the directory. */
  ConfigDir with(String name, String text) {
    try {
      Path file = path.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The message of the error that the action must end with, the directory written as {@code DIR}. */
  String complaint(Runnable action) {
    ConfigError error = catchThrowableOfType(ConfigError.class, action::run);
    if (error == null) {
      throw new AssertionError("was accepted");
    }
    return error.getMessage().replace(path.toString(), "DIR").replace(SHIPPED.toString(), "SHIPPED");
  }
}
