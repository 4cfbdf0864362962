package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.Session;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.cluster.front.Front;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunDirectory;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.cluster.testing.FreePorts;
import pinfold.experiment.compare.ScenarioWorkload;
import pinfold.scenario.ConfigBundle;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/** The command's whole way: its member is in this JVM, and saves nothing unasked. */
class CheckpointCommandTest {
  private static final String BUILD = "test";
  private static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int checkpoint(String run, Front front) {
    Session session = new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 140),
        new Cancellation(), Path.of("..", ".."), BUILD, List.of());
    return new Pinfold(BackEnds.ofThisBuild(), session).execute("checkpoint", run, "--cluster", "127.0.0.1:" + front.address().getPort());
  }

  private static RunSpec spec() {
    ScenarioConfig scenario = ScenarioFile.load("crosvm-mlock", CONFIG, List.of("machine.memory-per-node-mib=256",
        "machine.cma-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4", "vms.crosvm.memory-mib=8"));
    ConfigBundle bundle = ConfigBundle.of(scenario, VariantFile.load("linux-6.12", CONFIG), CONFIG);
    return new RunSpec(bundle.scenario(), bundle.variant(), 1, false, bundle.files());
  }

  @Test
  void aRunIsSavedWhenAskedForAndOneThatIsOverOrUnknownIsAnError() throws Exception {
    ClusterNode.Settings settings =
        new ClusterNode.Settings("127.0.0.1", FreePorts.next(), List.of(), Duration.ofHours(1), 0, 1, ConfigFactory.empty());
    try (ClusterNode node = ClusterNode.start(settings, new ScenarioWorkload(), new RunDirectory(directory, BUILD));
        Front front = Front.start(node, new InetSocketAddress("127.0.0.1", 0));
        FrontClient client = new FrontClient(List.of("127.0.0.1:" + front.address().getPort()), BUILD, Optional.empty())) {
      while (node.members().isEmpty()) {
        Thread.sleep(20);
      }
      assertThat(checkpoint("0123456789abcdef", front)).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(err.toString()).isEqualTo("pinfold: run 0123456789abcdef: no run 0123456789abcdef is known to this cluster\n");

      String run = client.submit(spec()).run();
      assertThat(checkpoint(run, front)).as(err.toString()).isZero();
      String nanos = out.toString().replaceAll("checkpoint of run " + run + " at (\\d+) ns of simulated time\n", "$1");
      assertThat(nanos).matches("\\d+");
      Path checkpoint = directory.resolve(run).resolve("checkpoints").resolve("%019d-000001".formatted(Long.parseLong(nanos)));
      assertThat(Files.exists(checkpoint.resolve("complete"))).isTrue();

      while (client.status(run).state() != RunState.DONE) {
        Thread.sleep(20);
      }
      assertThat(client.status(run).epoch()).isEqualTo(1);
      assertThat(checkpoint(run, front)).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(err.toString().lines().toList().getLast()).startsWith("pinfold: run " + run + ": is over");
    }
  }
}
