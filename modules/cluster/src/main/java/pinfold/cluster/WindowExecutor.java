package pinfold.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads for actors that hand a token on: what a task makes runnable first stays on its thread and runs next; what it
 * makes runnable beyond that is offered to the others. So a share walks along its entities without waking anyone, and a
 * second share wakes exactly one thread. A general pool wakes an idle thread at every hand-over, and the share then
 * changes threads with every entity.
 *
 * <p>A thread without work looks for some before it sleeps, for {@value #LONG_SPIN_NANOS} ns where that used to succeed and
 * {@value #SHORT_SPIN_NANOS} ns where it did not (because another process has the core, most likely); as many threads do so
 * as there are spare cores.
 */
final class WindowExecutor extends AbstractExecutorService {
  private static final long LONG_SPIN_NANOS = 50_000;
  private static final long SHORT_SPIN_NANOS = 1_000;
  private static final int TRY_LONG_EVERY = 64;
  private static final int LOOKS_PER_CLOCK = 32;

  /** Own tasks after which a thread looks at the common queue, so that nothing starves there. */
  private static final int FAIRNESS = 256;

  private final Worker[] workers;
  private final int maxSpinners;
  private final ConcurrentLinkedQueue<Runnable> common = new ConcurrentLinkedQueue<>();
  private final AtomicInteger spinners = new AtomicInteger();
  private volatile boolean shutdown;

  /** @param spins whether idle threads look for work before they sleep */
  WindowExecutor(int threads, boolean spins, String name) {
    maxSpinners = spins ? Math.min(threads, Runtime.getRuntime().availableProcessors()) - 1 : 0;
    workers = new Worker[threads];
    for (int i = 0; i < threads; i++) {
      workers[i] = new Worker(name + "-" + i);
    }
    for (Worker worker : workers) {
      worker.start();
    }
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() instanceof Worker worker && worker.pool() == this && worker.next == null) {
      worker.next = task;
      return;
    }
    common.add(task);
    if (spinners.get() == 0) {
      wakeOne();
    }
  }

  private void wakeOne() {
    for (Worker worker : workers) {
      if (worker.asleep) {
        worker.asleep = false;
        LockSupport.unpark(worker);
        return;
      }
    }
  }

  private final class Worker extends Thread {
    private Runnable next;
    private volatile boolean asleep;
    private long spinNanos = LONG_SPIN_NANOS;
    private int spins;

    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    WindowExecutor pool() {
      return WindowExecutor.this;
    }

    @Override
    public void run() {
      int own = 0;
      while (!shutdown || next != null || !common.isEmpty()) {
        Runnable task = next;
        if (task == null || ++own >= FAIRNESS) {
          own = 0;
          Runnable other = common.poll();
          if (other == null && task == null) {
            other = await();
          }
          if (other != null) {
            runTask(other);
            continue;
          }
        }
        if (task != null) {
          next = null;
          runTask(task);
        }
      }
    }

    /** A task that fails does not take the thread with it; Pekko fails one whose thread was interrupted. */
    private void runTask(Runnable task) {
      try {
        task.run();
      } catch (Throwable t) {
        Thread.interrupted();
        if (!(t instanceof InterruptedException)) {
          getUncaughtExceptionHandler().uncaughtException(this, t);
        }
      }
    }

    /** Looks for a task for a while, then sleeps; null when woken without one. */
    private Runnable await() {
      Runnable found = null;
      if (spinners.incrementAndGet() <= maxSpinners) {
        found = spin();
      }
      if (found == null) {
        asleep = true;
      }
      spinners.decrementAndGet();
      if (found != null) {
        if (!common.isEmpty()) {
          wakeOne();
        }
        return found;
      }
      found = common.poll();
      while (found == null && asleep && !shutdown) {
        LockSupport.park(WindowExecutor.this);
        found = common.poll();
      }
      asleep = false;
      return found;
    }

    private Runnable spin() {
      boolean tryLong = ++spins % TRY_LONG_EVERY == 0;
      long until = System.nanoTime() + (tryLong ? LONG_SPIN_NANOS : spinNanos);
      do {
        for (int i = 0; i < LOOKS_PER_CLOCK; i++) {
          Runnable found = common.poll();
          if (found != null) {
            spinNanos = tryLong ? LONG_SPIN_NANOS : Math.min(spinNanos * 2, LONG_SPIN_NANOS);
            return found;
          }
          Thread.onSpinWait();
        }
        Thread.yield();
      } while (System.nanoTime() < until && !shutdown);
      spinNanos = Math.max(spinNanos / 2, SHORT_SPIN_NANOS);
      return null;
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    for (Worker worker : workers) {
      worker.interrupt();
    }
    List<Runnable> left = new ArrayList<>();
    for (Runnable task = common.poll(); task != null; task = common.poll()) {
      left.add(task);
    }
    return left;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    for (Worker worker : workers) {
      if (worker.isAlive()) {
        return false;
      }
    }
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long deadline = System.nanoTime() + unit.toNanos(timeout);
    for (Worker worker : workers) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || !worker.join(Duration.ofNanos(left))) {
        return isTerminated();
      }
    }
    return isTerminated();
  }
}
