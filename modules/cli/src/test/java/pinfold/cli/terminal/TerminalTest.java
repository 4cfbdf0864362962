package pinfold.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private static final Map<String, String> TTY_132 = Map.of("pinfold.terminal", "true", "pinfold.columns", "132");

  @Test
  void aTerminalIsDrawnOverInColourAtItsOwnWidth() {
    assertThat(detect(Map.of("TERM", "xterm"), TTY_132)).isEqualTo(new Terminal(true, true, 132));
  }

  @Test
  void columnsWinsOverTheTerminalsWidth() {
    assertThat(detect(Map.of("TERM", "xterm", "COLUMNS", "100"), TTY_132).columns()).isEqualTo(100);
    assertThat(detect(Map.of("TERM", "xterm", "COLUMNS", "wide"), TTY_132).columns()).isEqualTo(132);
  }

  @Test
  void noColorTakesTheColourAndLeavesTheBar() {
    assertThat(detect(Map.of("TERM", "xterm", "NO_COLOR", "1"), TTY_132)).isEqualTo(new Terminal(true, false, 132));
  }

  @Test
  void aDumbTerminalAndAPipeAreNotDrawnOver() {
    assertThat(detect(Map.of("TERM", "dumb"), TTY_132).redraws()).isFalse();
    assertThat(detect(Map.of("TERM", "xterm"), Map.of("pinfold.terminal", "false"))).isEqualTo(new Terminal(false, false, 140));
  }

  private static Terminal detect(Map<String, String> environment, Map<String, String> properties) {
    return Terminal.detect(environment, properties::get);
  }
}
