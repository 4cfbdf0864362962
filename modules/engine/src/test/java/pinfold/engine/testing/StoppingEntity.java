package pinfold.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.StateHash;

/** Asks for the end of the run at its only event, for some time later, and has nothing else to do. */
public final class StoppingEntity extends Entity {
  private static final long DELAY_NANOS = 700;

  private StoppingEntity() {
    super(0, 1);
  }

  /** A host that is run up to a time between the event and the stop says that there is more to come, and then that it was stopped. */
  public static void checkStopBehindTheEnd(Function<List<StoppingEntity>, Host> hosts) {
    try (Host host = hosts.apply(List.of(new StoppingEntity()))) {
      EventBatch start = new EventBatch(0, 0);
      start.open(100, 1).close();
      host.inject(List.of(start));
      assertThat(host.runUntil(500)).isEqualTo(Host.Outcome.END_TIME);
      assertThat(host.runUntil(1_000)).isEqualTo(Host.Outcome.STOPPED);
      assertThat(host.nowNanos()).isEqualTo(100 + DELAY_NANOS);
      assertThat(host.runUntil(2_000)).isEqualTo(Host.Outcome.QUIESCENT);
    }
  }

  @Override
  public String name() {
    return "stopping";
  }

  @Override
  protected void handle(Event event) {
    stopAt(nowNanos() + DELAY_NANOS);
  }

  @Override
  public void hashState(StateHash hash) {}
}
