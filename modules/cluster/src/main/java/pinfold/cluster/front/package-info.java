/** How people and programs outside a cluster talk to it: a small HTTP server on each member, and its client. */
package pinfold.cluster.front;
