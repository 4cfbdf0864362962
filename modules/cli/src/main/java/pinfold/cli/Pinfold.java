package pinfold.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.Session;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.experiment.Installation;

/** The root command and the program's entry. */
@picocli.CommandLine.Command(name = "pinfold", versionProvider = Pinfold.Version.class,
    subcommands = {CompareCommand.class, RunCommand.class, ExperimentCommand.class, ExplainCommand.class, DiffCommand.class,
        ShrinkCommand.class, LitmusCommand.class, ConformCommand.class, MachineCommand.class, NodeCommand.class, ClusterCommand.class,
        ResumeCommand.class, CheckpointCommand.class, ListCommand.class, BenchCommand.class, ClasspathCommand.class,
        WarmUpCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    header = "Simulates what Linux does to a folio between its allocation and its long-term pin.",
    description = "If this rule in the kernel were different, on this machine, under this load, what would happen?",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done, and the answer is yes", "1:the answer is no: a litmus test or a recorded line missed, two runs part, "
        + "--check found something, or a run of an experiment failed",
        "2:an option, a file or a setting is wrong, or does not fit into memory",
        "3:in the kernel that 'run' simulated a task went round without end", "70:Pinfold failed",
        "130:ended by Ctrl-C; what was finished is written"},
    footer = {"", "Examples:", "  pinfold list scenarios", "  pinfold compare config/scenarios/vm-passthrough.conf"})
public final class Pinfold extends Command {
  @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show version and commit and exit.")
  boolean version;

  private final BackEnds backEnds;
  private final Session session;

  Pinfold(BackEnds backEnds, Session session) {
    this.backEnds = backEnds;
    this.session = session;
  }

  /** Runs a command and exits. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // a result reads the same everywhere
    PrintWriter out = writer(System.out, "stdout.encoding");
    PrintWriter err = writer(System.err, "stderr.encoding");
    Cancellation cancellation = new Cancellation();
    cancellation.install();
    Session session = new Session(out, err, Terminal.detect(System.getenv(), System::getProperty), cancellation,
        Installation.home(), Installation.build(), List.of(args));
    int code = new Pinfold(BackEnds.ofThisBuild(), session).execute(args);
    out.flush();
    err.flush();
    cancellation.commandFinished(code);
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  int execute(String... args) {
    CommandLine command = commandLine();
    try {
      return command.execute(args);
    } catch (Error serious) { // picocli passes on exceptions only
      return Errors.execution(serious, List.of(args).contains("--debug"), session.err());
    }
  }

  CommandLine commandLine() {
    return new CommandLine(this)
        .setOut(session.out())
        .setErr(session.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(Math.min(100, Math.max(80, session.terminal().columns())))
        .setParameterExceptionHandler((wrong, args) -> Errors.parameter(wrong, session.err()))
        .setExecutionExceptionHandler(
            (failure, failed, parsed) -> Errors.execution(failure, debugGiven(parsed), session.err()));
  }

  @Override
  public Integer call() {
    throw wrong("Missing command");
  }

  Session session() {
    return session;
  }

  BackEnds backEnds() {
    return backEnds;
  }

  private static boolean debugGiven(CommandLine.ParseResult parsed) {
    return parsed.asCommandLineList().stream().anyMatch(command -> ((Command) command.getCommand()).debug);
  }

  private static PrintWriter writer(java.io.OutputStream stream, String encodingProperty) {
    return new PrintWriter(stream, true, Charset.forName(System.getProperty(encodingProperty, "UTF-8")));
  }

  /** Version of the build, and the commit that the launcher built. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"pinfold " + Installation.build(), Runtime.version() + ", " + System.getProperty("java.vm.name")};
    }
  }
}
