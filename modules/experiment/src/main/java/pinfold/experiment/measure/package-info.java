/** What an experiment can measure of a run. */
package pinfold.experiment.measure;
