package pinfold.scenario.recorded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the recordings lie, found from the directory in which the tests run. */
public final class Recordings {

  private Recordings() {}

  /** {@code config/recorded/6.12.117-qemu}. */
  public static Path directory() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path recordings = at.resolve("config/recorded/6.12.117-qemu");
      if (Files.isDirectory(recordings)) {
        return recordings;
      }
    }
    throw new IllegalStateException("config/recorded/6.12.117-qemu is in no directory above " + Path.of("").toAbsolutePath());
  }

  /** The recorded scripts of a kind ({@code scripts} or {@code wide}) on a variant (A, B, C1, C2). */
  public static RecordedScriptFile scripts(String kind, String variant) throws IOException {
    return RecordedScriptFile.read(directory().resolve(kind + "-" + variant + ".txt"));
  }
}
