package pinfold.cluster;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** Lets a Pekko dispatcher run on a {@link WindowExecutor}; named in the host's configuration, made by Pekko. */
public final class WindowExecutorConfigurator extends ExecutorServiceConfigurator {
  private final int threads;
  private final boolean spins;

  /** As Pekko calls it; {@code config} is the dispatcher's section. */
  public WindowExecutorConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    threads = config.getInt("window-executor.threads");
    spins = !config.hasPath("window-executor.spins") || config.getBoolean("window-executor.spins");
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
    return new Factory(threads, spins, id);
  }

  private record Factory(int threads, boolean spins, String dispatcher) implements ExecutorServiceFactory {
    @Override
    public ExecutorService createExecutorService() {
      return new WindowExecutor(threads, spins, dispatcher);
    }
  }
}
