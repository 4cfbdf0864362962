/**
 * {@code struct zone} and {@code struct per_cpu_pages}: free memory by order and migratetype, watermarks, and the per-CPU
 * page lists in front of them. Plain state without messages; the Zone and Cpu entities own it and decide when it is called.
 *
 * <p>Follows mm/page_alloc.c and include/linux/mmzone.h of 6.12.117; where 6.1.192 differs, the class says so.
 */
package pinfold.kernel.zone;
