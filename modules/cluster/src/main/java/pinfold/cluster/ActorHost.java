package pinfold.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.HostBase;

/**
 * Runs entities as Pekko typed actors in this JVM, one actor each, on a given number of threads. Results are those of
 * {@link pinfold.engine.SequentialHost}, bit for bit.
 *
 * <p>Called from one thread. Entities may be read by the caller between runs. The progress listener and the inspector are called
 * from a thread of the host while {@link #runUntil} blocks its caller.
 */
public final class ActorHost extends HostBase {
  /** Wall time without a finished window after which a run is given up, unless told otherwise. */
  public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

  /** Looks at the progress before a run is given up, so that a process that was stopped and goes on is not. */
  private static final int LOOKS = 4;

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private final RunMonitor monitor;
  private final Duration patience;
  private final ActorSystem<WindowCoordinator.Command> system;
  private List<EventBatch> injected = new ArrayList<>();
  private RuntimeException broken;

  /**
   * @param windowNanos length of a window, at most the shortest link latency
   * @param parallelism threads, at least 1
   */
  public ActorHost(List<? extends Entity> entities, long windowNanos, int parallelism) {
    this(entities, windowNanos, parallelism, DEFAULT_PATIENCE);
  }

  /** @param patience wall time without a finished window after which a run fails with {@link Host.NoProgressException} */
  public ActorHost(List<? extends Entity> entities, long windowNanos, int parallelism, Duration patience) {
    this(entities, windowNanos, parallelism, patience, ShareCutter.SHARE_NANOS);
  }

  /** @param shareNanos work for which another thread is woken, ns; 1 wakes it for anything */
  ActorHost(List<? extends Entity> entities, long windowNanos, int parallelism, Duration patience, long shareNanos) {
    super(entities);
    if (windowNanos < 1 || parallelism < 1) {
      throw new IllegalArgumentException(
          "need a window (" + windowNanos + " ns) and threads (" + parallelism + ") of at least 1");
    }
    this.patience = patience;
    this.monitor = new RunMonitor(this.entities);
    this.system = ActorSystems.start(
        WindowCoordinator.create(this.entities, windowNanos, new ShareCutter(parallelism, shareNanos), monitor),
        "pinfold", config(parallelism));
  }

  private static Config config(int parallelism) {
    return ConfigFactory.parseString("""
        pekko {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
          logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          jvm-shutdown-hooks = off
          coordinated-shutdown.run-by-jvm-shutdown-hook = off
          daemonic = on
          actor {
            allow-java-serialization = off
            internal-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
            default-dispatcher {
              executor = "pinfold.cluster.WindowExecutorConfigurator"
              throughput = 100
              shutdown-timeout = 50 ms
              window-executor.threads = %d
            }
          }
        }
        """.formatted(parallelism)).withFallback(ConfigFactory.defaultReference());
  }

  @Override
  public void inject(List<EventBatch> batches) {
    injected.addAll(batches);
  }

  @Override
  public Outcome runUntil(long endNanos) {
    if (broken != null) {
      throw new IllegalStateException("this host cannot go on after: " + broken.getMessage(), broken);
    }
    CompletableFuture<WindowCoordinator.Ended> ended = new CompletableFuture<>();
    system.tell(new WindowCoordinator.Run(endNanos, injected, List.of(), listener, inspector, ended));
    injected = new ArrayList<>();
    try {
      WindowCoordinator.Ended end = await(ended);
      nowNanos = end.nowNanos();
      windows = end.windows();
      return end.outcome();
    } catch (RuntimeException e) {
      broken = e;
      throw e;
    }
  }

  private WindowCoordinator.Ended await(CompletableFuture<WindowCoordinator.Ended> ended) {
    long windowsSeen = monitor.windowsDone();
    int looksWithoutProgress = 0;
    for (;;) {
      try {
        return ended.get(Math.max(1, patience.toNanos() / LOOKS), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long windowsNow = monitor.windowsDone();
        looksWithoutProgress = windowsNow == windowsSeen ? looksWithoutProgress + 1 : 0;
        windowsSeen = windowsNow;
        if (looksWithoutProgress == LOOKS) {
          throw new NoProgressException("no window completed for " + patience.toMillis() + " ms: " + monitor.whoWaits());
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a run was under way", e);
      }
    }
  }

  @Override
  public void close() {
    if (broken instanceof NoProgressException) {
      monitor.interruptRunners();
    }
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // An entity that never returns keeps its actor, and so the system, from ending. The threads are daemons.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
