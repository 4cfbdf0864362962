package pinfold.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.EventQueue;
import pinfold.engine.KeyedDraws;

/** The hold operation: take the first event, file one a random time later; at the sizes that entities have, and far beyond. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-Xmx2g", "-XX:+UseParallelGC"})
public class EventQueueBenchmark {
  private static final long SPAN_NANOS = 1_000_000;

  @Param({"1", "10", "50", "1000", "100000"})
  public int pending;

  private final Event event = new Event();
  private EventQueue queue;
  private long draws;

  @Setup
  public void fill() {
    queue = new EventQueue(1);
    for (int i = 0; i < pending; i++) {
      file(0);
    }
  }

  @Benchmark
  public long hold() {
    queue.pollBefore(Long.MAX_VALUE, event);
    file(event.timeNanos());
    return event.word(0);
  }

  private void file(long nowNanos) {
    EventBatch batch = new EventBatch(1, 0);
    batch.open(nowNanos + KeyedDraws.below(SPAN_NANOS, 1, 1, 1, draws++), 1).add(draws).close();
    queue.addAll(batch);
  }
}
