/** Runs of one scenario under several variants and seeds, and the table that compares them. */
package pinfold.experiment.compare;
