/** The few statistics that reports need; the same numbers in any order of arrival. */
package pinfold.experiment.stats;
