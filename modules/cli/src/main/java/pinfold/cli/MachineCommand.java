package pinfold.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import pinfold.cli.backend.ImportRequest;

@picocli.CommandLine.Command(name = "machine", subcommands = MachineCommand.Import.class,
    header = "Describe machines.",
    description = "A machine file says what nodes, CPUs, zones, CMA areas and free pages a machine has.",
    footer = {"", "Examples:", "  pinfold machine import --to mine.conf"})
final class MachineCommand extends Command {
  @Override
  public Integer call() {
    throw wrong("Missing subcommand: import");
  }

  @picocli.CommandLine.Command(name = "import",
      header = "Write a machine file from what a Linux host says of itself.",
      description = "Reads /proc/zoneinfo, /proc/pagetypeinfo or /proc/buddyinfo, /proc/meminfo, /sys/devices/system/node and "
          + "/sys/kernel/mm/lru_gen/enabled. What the host does not tell, a comment in the file asks for. "
          + "/proc/pagetypeinfo is readable by root alone.",
      footer = {"", "Examples:",
          "  pinfold machine import",
          "  pinfold machine import --from copied-host --to copied-host.conf"})
  static final class Import extends Command {
    @Option(names = "--from", paramLabel = "DIR", defaultValue = "/",
        description = "Directory that holds proc and sys: a tree copied from another host. Default: this host.")
    Path from;

    @Option(names = "--to", paramLabel = "FILE", description = "The file to write. Default: standard output.")
    Path to;

    @Override
    public Integer call() throws Exception {
      return ask(root().backEnds().machineImport(), new ImportRequest(from, Optional.ofNullable(to)));
    }
  }
}
