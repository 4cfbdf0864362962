/**
 * Virtual time: entities, events, windows, keyed draws, and the sequential host.
 *
 * <p>The engine knows nothing of kernels or actors. An {@link pinfold.engine.Entity} is plain Java: one thread at
 * a time calls it, time and events come in as arguments, and what it says goes out through an {@link pinfold.engine.Outbox}.
 */
package pinfold.engine;
