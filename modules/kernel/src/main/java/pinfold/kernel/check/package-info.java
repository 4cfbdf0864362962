/**
 * Verifies between windows what must always hold (kernel-model.md section 8): every reference, pin and page has a holder, lists
 * and
 * flags agree, counters count what is there. {@link pinfold.kernel.check.MachineChecks} runs it; it changes nothing.
 */
package pinfold.kernel.check;
