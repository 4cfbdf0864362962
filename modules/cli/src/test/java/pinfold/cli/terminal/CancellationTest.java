package pinfold.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With SIGTERM (143), as a test may itself run where SIGINT (130) is ignored; the JVM treats both alike. */
class CancellationTest {
  /** A command that works until it is told to end, then writes what it has. Started in a JVM of its own. */
  static final class EndlessCommand {
    public static void main(String[] args) throws InterruptedException {
      Cancellation cancellation = new Cancellation();
      cancellation.install();
      System.out.println("working");
      while (!cancellation.requested()) {
        Thread.sleep(1);
      }
      Thread.sleep(50);
      System.out.println("written");
      cancellation.commandFinished();
      System.exit(0);
    }
  }

  @Test
  void aSignalLetsTheCommandWriteBeforeTheJvmGoes() throws Exception {
    Process command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
        System.getProperty("java.class.path"), EndlessCommand.class.getName()).redirectErrorStream(true).start();
    try (BufferedReader out = command.inputReader()) {
      assertThat(out.readLine()).isEqualTo("working");
      new ProcessBuilder("kill", "-TERM", Long.toString(command.pid())).start().waitFor();
      assertThat(out.readLine()).isEqualTo("written");
      assertThat(command.waitFor()).isEqualTo(143);
    } finally {
      command.destroyForcibly();
    }
  }
}
