package pinfold.kernel.trace;

/** Receives the tracepoints of the LRU (include/trace/events/pagemap.h, 6.12). */
public interface LruTrace {
  /** mm_lru_insertion. */
  void lruInsertion(long nowNanos, int cpu, int pfn, int lru, int flags, boolean mapped);

  /** mm_lru_activate. */
  void lruActivate(long nowNanos, int cpu, int pfn);

  /** Nobody listens. */
  LruTrace OFF = new LruTrace() {
    @Override
    public void lruInsertion(long nowNanos, int cpu, int pfn, int lru, int flags, boolean mapped) {}

    @Override
    public void lruActivate(long nowNanos, int cpu, int pfn) {}
  };
}
