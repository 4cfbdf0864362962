/** What a simulated machine consists of: nodes, CPUs, zones, CMA areas, distances, link latencies. Immutable and validated. */
package pinfold.kernel.machine;
