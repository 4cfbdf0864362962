package pinfold.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pinfold.cli.backend.ExperimentRequest;

@picocli.CommandLine.Command(name = "experiment",
    header = "Run an experiment: a question, what is varied to answer it, and an answer with its uncertainty.",
    description = "Runs every kernel variant at every point with several seeds, each run on one thread and as many at once as there are "
        + "processors, and writes tables and a report. Every finished run is kept: after Ctrl-C, or a loss of power, the same command "
        + "goes on with the rest, and after a change of the file it runs what the change concerns.",
    footer = {"", "Examples:",
        "  pinfold experiment config/experiments/cma-share.conf --serve 8080",
        "  pinfold experiment my-question.conf --out results/my-question --threads 8",
        "  pinfold list experiments"})
final class ExperimentCommand extends Command {
  @Parameters(paramLabel = "EXPERIMENT", description = "An experiment file; 'pinfold list experiments' names those that are shipped.")
  String experiment;

  @Option(names = "--out", paramLabel = "DIR", description = "Where results go and what is there is gone on with. "
      + "Default: results/NAME.")
  Path out;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
      description = "Runs at the same time; 0, the default, is one per processor, or two per member of a cluster. The result is the same.")
  int threads;

  @Mixin ClusterOptions cluster;

  @Mixin ServeOption serve;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().experiment(),
        new ExperimentRequest(experiment, Optional.ofNullable(out), atLeast(0, threads, "--threads"), cluster.toFronts(this),
            serve.toPort(this)));
  }
}
