/** The wire format between members of a cluster. */
package pinfold.cluster.wire;
