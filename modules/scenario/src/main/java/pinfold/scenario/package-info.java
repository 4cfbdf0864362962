/**
 * What a user edits, read into plain values: scenario, variant and machine files, and the import of a real
 * host. Everything that a file can get wrong ends in one {@link pinfold.scenario.ConfigError}.
 */
package pinfold.scenario;
