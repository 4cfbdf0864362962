package pinfold.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Chromium without a window, for tests that look at pages; what it saw stays in a directory of its own below {@code target}. */
public final class HeadlessBrowser {
  private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

  private final String program;
  private final Path directory;

  private HeadlessBrowser(String program, Path directory) {
    this.program = program;
    this.directory = directory;
  }

  /** The test is skipped, and says so, where there is none. */
  public static HeadlessBrowser orSkip(String directory) throws IOException {
    Optional<String> found = Optional.ofNullable(System.getenv("CHROMIUM"))
        .or(() -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).flatMap(on -> NAMES.stream().map(name -> Path.of(on, name)))
            .filter(Files::isExecutable).map(Path::toString).findFirst());
    assumeTrue(found.isPresent(), "no " + String.join(", ", NAMES) + " on the path and CHROMIUM is not set: no page is looked at");
    Path own = Path.of("target", directory).toAbsolutePath();
    Files.createDirectories(own);
    return new HeadlessBrowser(found.get(), own);
  }

  /** Where pictures, and pages that a test writes, are. */
  public Path directory() {
    return directory;
  }

  /** The page's elements when its script is through; nothing may have been said on the console. */
  public String open(String picture, String url, int width, int height, String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--hide-scrollbars", "--user-data-dir=" + directory.resolve("profile"), "--enable-logging=stderr",
        "--virtual-time-budget=10000", "--window-size=" + width + "," + height, "--screenshot=" + directory.resolve(picture + ".png"),
        "--dump-dom"));
    command.addAll(List.of(more));
    command.add(url);
    Path out = directory.resolve(picture + ".dom");
    Path err = directory.resolve(picture + ".log");
    Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor()).as(() -> command + ", see " + err).isZero();
    assertThat(Files.readAllLines(err)).noneMatch(line -> line.contains("CONSOLE"));
    return Files.readString(out);
  }
}
