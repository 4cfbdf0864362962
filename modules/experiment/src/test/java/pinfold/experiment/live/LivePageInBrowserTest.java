package pinfold.experiment.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import pinfold.experiment.ExperimentJob;
import pinfold.experiment.HeadlessBrowser;
import pinfold.experiment.SmallStart;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.RunStore;

/** The live page in headless Chromium, of an experiment that is over; pictures of it stay in target/live-in-browser. */
class LivePageInBrowserTest {
  @Test
  void everyPictureIsDrawnAndTheConsoleIsSilent() throws Exception {
    HeadlessBrowser browser = HeadlessBrowser.orSkip("live-in-browser");
    Plan plan = SmallStart.experiment().vary("machine.cma-per-node-mib", 0, 64, 80).plan();
    LiveBoard board = new LiveBoard("<b>vm-start</b>", 0, System::nanoTime, 0);
    try (LiveServer server = LiveServer.start(board, 0)) {
      new ExperimentJob(plan, ExperimentRunner.local(), of -> new LiveExperiment(board, of, ExperimentListener.NONE))
          .run(RunStore.inMemory(), 1);
      for (String look : List.of("wide 1100 1", "narrow 500 0")) {
        String[] words = look.split(" ");
        String dom = browser.open(words[0], server.url(), Integer.parseInt(words[1]), 1900,
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
}
