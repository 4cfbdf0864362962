/**
 * Members of a Pekko cluster that run machines together. The sharding places groups, a manager begins and saves runs, parts run them in
 * rounds. docs/protocol.md lists the messages.
 */
package pinfold.cluster.member;
