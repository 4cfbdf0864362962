/** Results made for reading. */
package pinfold.experiment.report;
