/** The {@code pinfold} command: reads arguments, asks a back end, says in one line what was wrong with the question. */
package pinfold.cli;
