package pinfold.cli.backend;

/** The benchmarks, provided by modules/benchmarks as a {@link java.util.ServiceLoader} service. */
public interface BenchBackEnd extends BackEnd<BenchRequest> {}
