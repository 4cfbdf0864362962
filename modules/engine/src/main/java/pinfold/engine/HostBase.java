package pinfold.engine;

import java.util.Collections;
import java.util.List;

/** What hosts that have all entities of a run in this JVM share: the entities, how far they have come, and who is told. */
public abstract class HostBase implements Host {
  /** All entities, by id. */
  protected final List<Entity> entities;
  /** See {@link #nowNanos()}. */
  protected long nowNanos;
  /** See {@link #windows()}. */
  protected long windows;
  /** Told of progress. */
  protected ProgressListener listener = (now, count) -> true;
  /** Looks between windows. */
  protected Inspector inspector = Inspector.NONE;

  /** @param entities each at the position of its id */
  protected HostBase(List<? extends Entity> entities) {
    this.entities = Entity.byId(entities);
  }

  @Override
  public final long nowNanos() {
    return nowNanos;
  }

  @Override
  public final long windows() {
    return windows;
  }

  @Override
  public final List<? extends Entity> entities() {
    return Collections.unmodifiableList(entities);
  }

  @Override
  public final void onProgress(ProgressListener progressListener) {
    listener = progressListener;
  }

  @Override
  public void inspectWith(Inspector newInspector) {
    inspector = newInspector;
  }

  @Override
  public void close() {}
}
