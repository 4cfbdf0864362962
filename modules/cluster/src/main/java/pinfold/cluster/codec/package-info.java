/** What saved states and the wire have in common: reading bytes that may be damaged without asking for more than they can fill. */
package pinfold.cluster.codec;
