package pinfold.cli.backend;

/**
 * The work behind one command: gets what was asked as a checked record, prints its answer to {@link Session#out()}.
 *
 * <p>A {@code ConfigError} thrown here becomes one line and exit code 2. When {@link Session#cancelled()} turns true it
 * ends its run, writes what is finished and returns; the exit code is then 130 whatever it returns.
 *
 * @param <R> what is asked
 */
@FunctionalInterface
public interface BackEnd<R> {
  /** Returns false if the answer is no (a litmus test or a recorded line missed), which is exit code 1. */
  boolean execute(R request, Session session) throws Exception;
}
