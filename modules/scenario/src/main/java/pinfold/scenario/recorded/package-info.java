/**
 * Scripts recorded on a real kernel, one per line, as {@code config/recorded/&#42;/README.md} describes them: what was
 * done to a few pages, and what was seen before and after the pin that ends every script. Parsing only; nothing here
 * runs a script.
 */
package pinfold.scenario.recorded;
