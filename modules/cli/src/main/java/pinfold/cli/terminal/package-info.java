/** What a person at a terminal sees while a command works. Wall clocks are read here and nowhere else. */
package pinfold.cli.terminal;
