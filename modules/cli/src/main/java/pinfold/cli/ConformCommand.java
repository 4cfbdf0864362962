package pinfold.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ConformRequest;

@picocli.CommandLine.Command(name = "conform",
    header = "Compare the simulated kernel with recordings of a real one.",
    description = "Runs recorded scripts, traces and CMA allocations (cma-alloc.csv) and compares every field of every line. Prints "
        + "how many lines agree and, for each that does not, the fields side by side and the course of the run. Exit code 1 if "
        + "any differs.",
    footer = {"", "Examples:",
        "  pinfold conform config/recorded/6.12.117-qemu/scripts-*.txt",
        "  pinfold conform config/recorded/6.12.117-qemu/cma-alloc.csv",
        "  pinfold conform config/recorded/6.12.117-qemu/wide-B.txt --variant linux-6.12"})
final class ConformCommand extends Command {
  @Parameters(paramLabel = "RECORDING", arity = "1..*", description = "Files of recorded scripts, traces or CMA allocations.")
  List<Path> files;

  @Option(names = "--variant", paramLabel = "V",
      description = "Compare with this variant. Default: the one that each file was recorded on.")
  String variant;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().conform(), new ConformRequest(List.copyOf(files), Optional.ofNullable(variant), json));
  }
}
