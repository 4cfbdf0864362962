/** Traces of the simulated kernel as text, in the format of the real one. */
package pinfold.scenario.trace;
