/**
 * The naive oracle: a small sequential program of plain objects, one per page, that applies the specification of the kernel's
 * behaviour and nothing else. It was written from the specification and the recordings alone and shares no code with the
 * product's kernel (only the parsed scripts), so that the two can check each other on scripts that nobody has recorded.
 */
package pinfold.scenario.oracle;
