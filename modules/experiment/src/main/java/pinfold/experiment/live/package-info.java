/** A page that shows runs and experiments while they work. It reads; nothing that it does changes a result. */
package pinfold.experiment.live;
