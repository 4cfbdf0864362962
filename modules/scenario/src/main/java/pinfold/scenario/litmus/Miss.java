package pinfold.scenario.litmus;

/**
 * Something that should have held and did not.
 *
 * @param line where the file says it, from 1
 * @param step the step before it, as the file says it; empty when there is none
 * @param expected what the file says
 * @param found what was there instead
 * @param detail more about it, a line each, for people; may be empty
 */
public record Miss(int line, String step, String expected, String found, String detail) {}
