/** Saved states of entities: what a checkpoint consists of, and what moves a group of entities to another place. */
package pinfold.cluster.state;
