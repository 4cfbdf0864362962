/** Many runs, side by side or on a cluster, each kept as soon as it is over. */
package pinfold.experiment.batch;
