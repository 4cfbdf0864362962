/** The cells and runs of an experiment, before anything is run. */
package pinfold.experiment.plan;
