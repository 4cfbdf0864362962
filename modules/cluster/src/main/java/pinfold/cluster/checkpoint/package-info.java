/** Checkpoints on disk: written whole or not at all, verified when read, removed when they are old. */
package pinfold.cluster.checkpoint;
