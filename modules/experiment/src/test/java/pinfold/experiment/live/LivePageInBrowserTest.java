package pinfold.experiment.live;

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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import pinfold.experiment.ExperimentJob;
import pinfold.experiment.SmallStart;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.RunStore;

/** The live page in headless Chromium, of an experiment that is over; pictures of it stay in target/live-in-browser. */
class LivePageInBrowserTest {
  private static final Path HERE = Path.of("target", "live-in-browser").toAbsolutePath();
  private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

  private static String browser() throws IOException {
    Optional<String> found = Optional.ofNullable(System.getenv("CHROMIUM")).or(() -> Arrays.stream(System.getenv("PATH")
        .split(File.pathSeparator)).flatMap(directory -> BROWSERS.stream().map(name -> Path.of(directory, name))).filter(Files::isExecutable)
        .map(Path::toString).findFirst());
    assumeTrue(found.isPresent(),
        "no " + String.join(", ", BROWSERS) + " on the path and CHROMIUM is not set: the live page is not looked at");
    Files.createDirectories(HERE);
    return found.get();
  }

  @Test
  void everyPictureIsDrawnAndTheConsoleIsSilent() throws Exception {
    String browser = browser();
    Plan plan = SmallStart.experiment().vary("machine.cma-per-node-mib", 0, 64, 80).plan();
    LiveBoard board = new LiveBoard("<b>vm-start</b>", 0, System::nanoTime, 0);
    try (LiveServer server = LiveServer.start(board, 0)) {
      new ExperimentJob(plan, ExperimentRunner.local(), of -> new LiveExperiment(board, of, ExperimentListener.NONE))
          .run(RunStore.inMemory(), 1);
      for (String look : List.of("wide 1100 1", "narrow 500 0")) {
        String[] words = look.split(" ");
        String dom = browse(browser, words[0], server.url(), "--window-size=" + words[1] + ",1900",
            "--blink-settings=preferredColorScheme=" + words[2]);
        assertThat(dom).contains("12 of 12 runs").contains("linux-6.10 2 of 6, linux-6.12 6 of 6").contains("&lt;b&gt;vm-start&lt;/b&gt;");
        int cpus = plan.cell(0, 0).scenario().machine().cpuCount();
        assertThat(count(dom, "<div class=\"cpu[^\"]*\"[^>]*><svg[^>]*>(<rect[^>]*></rect>){7}</svg>")).as("CPUs").isEqualTo(cpus);
        assertThat(count(dom, "<div class=\"stack\">(<i[^>]*></i>){8}</div>")).as("zones").isPositive();
        assertThat(count(dom, "<path d=\"M[^\"]*L[^\"]*\"")).as("series").isGreaterThan(5);
        assertThat(count(dom, "<td class=\"cell\"")).isEqualTo(6);
        assertThat(dom).contains("data-overflow=\"0\"");
      }
    }
  }

  private static long count(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }

  private static String browse(String browser, String picture, String url, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of(browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--hide-scrollbars", "--user-data-dir=" + HERE.resolve("profile"), "--enable-logging=stderr",
        "--virtual-time-budget=2000", "--screenshot=" + HERE.resolve(picture + ".png"), "--dump-dom"));
    command.addAll(List.of(more));
    command.add(url);
    Path out = HERE.resolve(picture + ".dom");
    Path err = HERE.resolve(picture + ".log");
    Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor()).as(() -> command + ", see " + err).isZero();
    assertThat(Files.readAllLines(err)).noneMatch(line -> line.contains("CONSOLE"));
    return Files.readString(out);
  }
}
