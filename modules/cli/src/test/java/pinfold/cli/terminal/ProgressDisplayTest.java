package pinfold.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The wall clock is a variable here. */
class ProgressDisplayTest {
  private static final long MILLIS = 1_000_000L;
  private static final long SECONDS = 1_000_000_000L;

  private final StringWriter err = new StringWriter();
  private final Cancellation cancellation = new Cancellation();
  private long wall;

  @Test
  void aTerminalSeesABarWithTimeRateAndTimeLeft() {
    try (ProgressDisplay display = display(new Terminal(true, false, 120), 1)) {
      ProgressDisplay.Part part = display.begin("linux-6.12 seed 1");
      part.workDone(0.25);
      wall = 4 * SECONDS;
      part.onProgress(2 * SECONDS, 4000);
      // A quarter in 4 s: 12 s to go, at half a simulated second per second.
      assertThat(err.toString()).isEqualTo("\r\033[K[#####...............]  25 %  "
          + "linux-6.12 seed 1: 2.00 s simulated, 500 ms/s, 1000 windows/s, 12 s left");
    }
    assertThat(err.toString()).as("erased").endsWith("\r\033[K");
  }

  @Test
  void aBarIsDrawnAtMostTenTimesASecond() {
    try (ProgressDisplay display = display(new Terminal(true, false, 120), 1)) {
      ProgressDisplay.Part part = display.begin("x");
      for (wall = 0; wall < SECONDS; wall += MILLIS) {
        part.onProgress(wall, 1);
      }
    }
    assertThat(err.toString().split("simulated,", -1)).hasSizeLessThanOrEqualTo(11).hasSizeGreaterThan(8);
  }

  @Test
  void elsewhereAPlainLineComesEveryFiveSeconds() {
    try (ProgressDisplay display = display(new Terminal(false, false, 80), 2)) {
      ProgressDisplay.Part part = display.begin("x");
      for (wall = 0; wall <= 11 * SECONDS; wall += 100 * MILLIS) {
        part.onProgress(wall / 1000, wall / SECONDS);
      }
    }
    assertThat(err.toString()).isEqualTo("""
        pinfold: 0 %, x (1 of 2): 5.00 ms simulated, 1.00 ms/s, 1 windows/s
        pinfold: 0 %, x (1 of 2): 10.0 ms simulated, 1.00 ms/s, 1 windows/s
        """);
  }

  @Test
  void aRunThatBeginsAgainSaysSoBeforeTheBarGoesBack() {
    try (ProgressDisplay display = display(new Terminal(false, false, 80), 1)) {
      ProgressDisplay.Part part = display.begin("x");
      part.workDone(0.5);
      part.workDone(0.4); // Nobody said so.
      wall = 5 * SECONDS;
      part.onProgress(MILLIS, 1);
      part.beginsAgain("member 10.0.0.1:7400 is gone");
      part.workDone(0.25);
      wall = 10 * SECONDS;
      part.onProgress(MILLIS, 1);
    }
    // A quarter in 10 s: 30 s to go.
    assertThat(err.toString()).isEqualTo("""
        pinfold: 50 %, x: 1.00 ms simulated, 200 us/s, 0 windows/s, 5 s left
        pinfold: x goes on from its last checkpoint: member 10.0.0.1:7400 is gone
        pinfold: 25 %, x: 1.00 ms simulated, 100 us/s, 0 windows/s, 30 s left
        """);
  }

  @Test
  void workThatIsOverAtOnceShowsNothing() {
    try (ProgressDisplay display = display(new Terminal(true, true, 80), 1);
        ProgressDisplay.Part part = display.begin("x")) {
      part.onProgress(SECONDS, 1);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void partsThatAreDoneCountWhole() {
    try (ProgressDisplay display = display(new Terminal(true, false, 120), 4)) {
      display.begin("a").close();
      ProgressDisplay.Part second = display.begin("b");
      second.workDone(0.5);
      wall = SECONDS;
      second.onProgress(SECONDS / 2, 1);
      assertThat(err.toString()).contains(" 37 %").contains("b (2 of 4)"); // (1 + 0.5) / 4
    }
  }

  @Test
  void workThatIsTakenBackDoesNotMoveTheBarBack() {
    try (ProgressDisplay display = display(new Terminal(true, false, 120), 1)) {
      ProgressDisplay.Part part = display.begin("x");
      part.workDone(0.5);
      part.workDone(0.25); // memory of a VM that failed was given back
      wall = SECONDS;
      part.onProgress(1, 1);
      assertThat(err.toString()).contains(" 50 %");
    }
  }

  @Test
  void theLineIsCutToTheTerminal() {
    try (ProgressDisplay display = display(new Terminal(true, false, 40), 1)) {
      ProgressDisplay.Part part = display.begin("a long label that does not fit");
      wall = SECONDS;
      part.onProgress(1, 1);
    }
    assertThat(err.toString().split("\r\033\\[K")[1]).hasSizeLessThan(40);
  }

  @Test
  void coloursAreUsedOnlyWhereWelcome() {
    try (ProgressDisplay display = display(new Terminal(true, true, 100), 1)) {
      ProgressDisplay.Part part = display.begin("x");
      part.workDone(0.5);
      wall = SECONDS;
      part.onProgress(SECONDS / 2, 1);
    }
    assertThat(err.toString()).contains("\033[36m##########\033[0m..........");
  }

  @Test
  void aRemarkStaysAboveTheBar() {
    try (ProgressDisplay display = display(new Terminal(true, false, 100), 1)) {
      ProgressDisplay.Part part = display.begin("x");
      wall = SECONDS;
      part.onProgress(1, 1);
      display.remark("wrote results/x");
    }
    assertThat(err.toString()).endsWith("\r\033[Kwrote results/x\n");
  }

  @Test
  void cancellingEndsTheRunAtTheNextWindow() {
    try (ProgressDisplay display = display(new Terminal(false, false, 80), 1)) {
      ProgressDisplay.Part part = display.begin("x");
      assertThat(part.onProgress(1, 1)).isTrue();
      cancellation.request();
      assertThat(part.onProgress(2, 2)).isFalse();
    }
  }

  private ProgressDisplay display(Terminal terminal, int parts) {
    return new ProgressDisplay(new PrintWriter(err), terminal, cancellation, parts, () -> wall);
  }
}
