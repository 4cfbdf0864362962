package pinfold.cli.backend;

import java.util.ServiceLoader;

/**
 * The back ends of a build, one per command.
 *
 * @param warmUp a second's worth of the usual work, run once after a build to train the JVM's ahead-of-time cache; its
 *     output is thrown away
 */
public record BackEnds(
    BackEnd<CompareRequest> compare,
    BackEnd<RunRequest> run,
    BackEnd<ExperimentRequest> experiment,
    BackEnd<ExplainRequest> explain,
    BackEnd<DiffRequest> diff,
    BackEnd<ShrinkRequest> shrink,
    BackEnd<LitmusRequest> litmus,
    BackEnd<ConformRequest> conform,
    BackEnd<ImportRequest> machineImport,
    BackEnd<ListRequest> list,
    BackEnd<NodeRequest> node,
    BackEnd<ClusterRequest> cluster,
    BackEnd<ResumeRequest> resume,
    BackEnd<CheckpointRequest> checkpoint,
    BackEnd<BenchRequest> bench,
    BackEnd<Void> warmUp) {

  /** What this build has. */
  public static BackEnds ofThisBuild() {
    return new BackEnds(SimulateBackEnd::compare, SimulateBackEnd::run, ExperimentBackEnd::run, ExplainBackEnd::run, DiffBackEnd::run,
        ShrinkBackEnd::run,
        LitmusBackEnd::run, ConformBackEnd::run, new ImportMachine(), new ListFiles(), NodeBackEnd::run, ClusterBackEnd::run,
        SimulateBackEnd::resume, CheckpointBackEnd::run, BackEnds::bench, (nothing, session) -> true);
  }

  /** Benchmarks live in a module above this one, which is found as a service. */
  private static boolean bench(BenchRequest request, Session session) throws Exception {
    return ServiceLoader.load(BenchBackEnd.class).findFirst()
        .orElseThrow(() -> new IllegalStateException("modules/benchmarks is not on the class path")).execute(request, session);
  }
}
