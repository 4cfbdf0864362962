/** The directory that a run leaves: written whole or not at all, readable without Pinfold. */
package pinfold.experiment.results;
