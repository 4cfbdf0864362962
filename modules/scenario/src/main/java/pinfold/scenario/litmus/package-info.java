/**
 * Litmus tests: a few CPUs, a few named folios, scripted steps, and what must hold afterwards in each kernel variant. The
 * format is docs/litmus.md.
 */
package pinfold.scenario.litmus;
