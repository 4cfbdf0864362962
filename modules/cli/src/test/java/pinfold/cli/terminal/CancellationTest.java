package pinfold.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
      cancellation.commandFinished(0);
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

  /** What a member of a cluster is: to be told to end is its ordinary end. */
  static final class Member {
    public static void main(String[] args) throws InterruptedException {
      Cancellation cancellation = new Cancellation();
      cancellation.install();
      cancellation.isTheOrdinaryEnd(Duration.ofMinutes(1));
      System.out.println("working");
      while (!cancellation.requested()) {
        Thread.sleep(1);
      }
      cancellation.commandFinished(Integer.parseInt(args[0]));
      System.exit(99);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whoStaysUntilToldToEndHasItsOwnExitCode(int code) throws Exception {
    Process member = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
        System.getProperty("java.class.path"), Member.class.getName(), Integer.toString(code)).redirectErrorStream(true).start();
    try (BufferedReader out = member.inputReader()) {
      assertThat(out.readLine()).isEqualTo("working");
      new ProcessBuilder("kill", "-TERM", Long.toString(member.pid())).start().waitFor();
      assertThat(member.waitFor()).isEqualTo(code);
    } finally {
      member.destroyForcibly();
    }
  }
}
