/** Files of runs on members that have each a directory of their own: who keeps which, and how they get there. */
package pinfold.cluster.files;
