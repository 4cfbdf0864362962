/** Experiments: what the command line and a Java program use alike. */
package pinfold.experiment;
