package pinfold.cli;

@picocli.CommandLine.Command(name = "classpath",
    header = "Print the class path, for Java programs that use Pinfold.",
    description = "Jars of Pinfold and of PINFOLD_CLASSPATH, as java and jshell take them; docs/scripting.md says what can be done "
        + "with them.",
    footer = {"", "Examples:",
        "  pinfold classpath",
        "  java -cp \"$(pinfold classpath)\" docs/examples/CmaShare.java",
        "  jshell --class-path \"$(pinfold classpath)\""})
final class ClasspathCommand extends Command {
  @Override
  public Integer call() {
    root().session().out().println(System.getProperty("java.class.path"));
    return ExitCode.OK;
  }
}
