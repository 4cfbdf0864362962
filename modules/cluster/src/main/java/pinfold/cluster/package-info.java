/**
 * The actor host: entities as Pekko typed actors.
 *
 * <p>{@link pinfold.cluster.ActorHost} is what callers see. Inside, a {@code WindowCoordinator} decides who runs in which
 * window, a {@code Share} carries a window along some of the awake {@code EntityActor}s, and a {@code WindowExecutor}
 * keeps a share on the thread that began it. Why it is so: docs/decisions/0002-actor-host.md.
 */
package pinfold.cluster;
