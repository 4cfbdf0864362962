package pinfold.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import pinfold.experiment.report.TextTable.Column;

class TextTableTest {
  private static TextTable table() {
    return new TextTable(Column.text("variant"), Column.number("start time", "s"), Column.text("why it failed"))
        .row("linux-6.10", "-", "ENOMEM after ten passes")
        .row("linux-6.12", "12.50", null);
  }

  @Test
  void columnsLineUpAndNumbersAreOnTheRight() {
    assertThat(table().render(80)).isEqualTo("""
        variant     start time (s)  why it failed
        ----------  --------------  -----------------------
        linux-6.10               -  ENOMEM after ten passes
        linux-6.12           12.50
        """);
  }

  @Test
  void aNarrowTerminalBreaksHeadersAndTextAtSpaces() {
    assertThat(table().render(40)).isEqualTo("""
                       start time
        variant               (s)  why it failed
        ----------  -------------  -------------
        linux-6.10              -  ENOMEM after
                                   ten passes
        linux-6.12          12.50
        """);
    assertThat(table().render(40).lines()).allMatch(line -> line.length() <= 40);
  }

  @Test
  void aVeryNarrowOneGetsABlockPerRow() {
    assertThat(table().render(24)).isEqualTo("""
        variant: linux-6.10
          start time (s): -
          why it failed:
            ENOMEM after ten
            passes

        variant: linux-6.12
          start time (s):
            12.50
          why it failed:
        """);
  }

  @Test
  void everyWidthKeepsEveryWord() {
    for (int width = 1; width < 90; width++) {
      assertThat(table().render(width)).as("width %d", width).contains("linux-6.10", "ENOMEM", "ten", "passes", "12.50");
    }
  }

  @Test
  void markdownEscapesBars() {
    assertThat(new TextTable(Column.text("a|b"), Column.number("n")).row("x|y", 3).markdown()).isEqualTo("""
        | a\\|b | n |
        |---|---:|
        | x\\|y | 3 |
        """);
  }

  @Test
  void aTableWithoutRowsIsItsHeader() {
    assertThat(new TextTable(Column.text("variant")).render(80)).isEqualTo("variant\n-------\n");
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    assertThatThrownBy(() -> table().row("x")).hasMessage("1 cells for 3 columns");
  }
}
