package pinfold.kernel.cpu;

import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.MigrateType;

/** What kind of page is wanted: decides zones, lists and whether CMA may serve it (kernel-model.md 5.1). */
enum PageRequest implements MigrateTarget {
  /** GFP_HIGHUSER_MOVABLE: user memory and page cache. */
  USER(MigrateType.MOVABLE, true, TraceEvent.GFP_USER_MEMORY, TraceEvent.REASON_SYSCALL),
  /** The same under PF_MEMALLOC_PIN, and the target of a long-term migration: never CMA, never ZONE_MOVABLE. */
  LONGTERM(MigrateType.UNMOVABLE, false, TraceEvent.GFP_KERNEL_MEMORY, TraceEvent.REASON_LONGTERM_PIN),
  /** GFP_KERNEL: what the kernel needs itself and nothing can move. */
  KERNEL(MigrateType.UNMOVABLE, false, TraceEvent.GFP_KERNEL_MEMORY, TraceEvent.REASON_SYSCALL),
  /** What alloc_contig_range() moves out of ZONE_NORMAL: CMA, where it is not isolated, but not ZONE_MOVABLE (4.7). */
  CONTIG(MigrateType.MOVABLE, false, TraceEvent.GFP_CONTIG_MEMORY, TraceEvent.REASON_CONTIG_RANGE);

  private final int migratetype;
  private final boolean movableZone;
  private final int gfpText;
  private final int migrateReason;

  PageRequest(MigrateType type, boolean movableZone, int gfpText, int migrateReason) {
    this.migratetype = type.code();
    this.movableZone = movableZone;
    this.gfpText = gfpText;
    this.migrateReason = migrateReason;
  }

  /** Its flags, as traces print them. */
  int gfpText() {
    return gfpText;
  }

  @Override
  public int migrateReason() {
    return migrateReason;
  }

  @Override
  public int take(Cpu cpu, int node, int order) {
    return cpu.takePage(this, node, order);
  }

  @Override
  public Frame more(int node, int order) {
    return new AllocPages(this, node, order, true);
  }

  @Override
  public void giveBack(Cpu cpu, int pfn, int order) {
    cpu.freeUnused(pfn, order, MigrateType.of(migratetype));
  }

  @Override
  public boolean longterm() {
    return this == LONGTERM;
  }

  int migratetype() {
    return migratetype;
  }

  boolean movableZone() {
    return movableZone;
  }

  /** Allocation flags with a watermark. */
  int flags(int watermark) {
    return AllocFlags.withCma(watermark, migratetype);
  }
}
