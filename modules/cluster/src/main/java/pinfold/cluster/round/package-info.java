/**
 * How the members of a cluster run one machine together: in rounds, each a window of simulated time no longer than the shortest link
 * between groups. After each round every member tells every other what it sent there and when it has something to do next; from the
 * same messages everybody computes the same next window, so no member decides for the others.
 */
package pinfold.cluster.round;
