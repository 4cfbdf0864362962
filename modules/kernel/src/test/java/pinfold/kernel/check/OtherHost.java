package pinfold.kernel.check;

import java.util.List;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;

/** A host of which the checks know nothing, so that they run it in slices. */
record OtherHost(Host inner) implements Host {
  @Override
  public void inject(List<EventBatch> batches) {
    inner.inject(batches);
  }

  @Override
  public Outcome runUntil(long endNanos) {
    return inner.runUntil(endNanos);
  }

  @Override
  public long nowNanos() {
    return inner.nowNanos();
  }

  @Override
  public long windows() {
    return inner.windows();
  }

  @Override
  public List<? extends Entity> entities() {
    return inner.entities();
  }

  @Override
  public void onProgress(ProgressListener listener) {
    inner.onProgress(listener);
  }

  @Override
  public void close() {
    inner.close();
  }
}
