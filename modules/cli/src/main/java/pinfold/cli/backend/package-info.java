/** What commands ask for, as checked records, and the one interface behind which the work is done. */
package pinfold.cli.backend;
