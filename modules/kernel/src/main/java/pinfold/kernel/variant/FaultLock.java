package pinfold.kernel.variant;

/** What a page fault locks (mm/memory.c, arch/x86/mm/fault.c). */
public enum FaultLock {
  /** v6.3 and before: mmap_lock for read. */
  MMAP,
  /** The VMA (anonymous memory since v6.4, all since v6.7), and mmap_lock only while a writer of that changes the VMA. */
  VMA
}
