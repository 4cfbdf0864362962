package pinfold.kernel.writeback;

/**
 * How much of the page cache may be dirty, and for how long (mm/page-writeback.c, 6.12: vm.dirty_bytes, dirty_background_bytes,
 * dirty_expire_centisecs, dirty_writeback_centisecs).
 *
 * @param dirtyPages dirty or under writeback, beyond which writers wait
 * @param backgroundPages dirty, beyond which the flusher writes
 * @param expireNanos age at which a file's dirty pages are written in any case
 * @param intervalNanos how often the flusher looks for such files
 */
public record DirtyLimits(long dirtyPages, long backgroundPages, long expireNanos, long intervalNanos) {
  private static final long SECOND = 1_000_000_000L;

  /** As much as one likes, for the kernel's default times. */
  public static final DirtyLimits NONE = new DirtyLimits(Long.MAX_VALUE / 2, Long.MAX_VALUE / 4, 30 * SECOND, 5 * SECOND);

  public DirtyLimits {
    if (backgroundPages < 1 || dirtyPages <= backgroundPages || expireNanos < 1 || intervalNanos < 1) {
      throw new IllegalArgumentException("at most " + dirtyPages + " dirty pages, " + backgroundPages + " without the flusher: the second"
          + " must be less, and all of them and the times positive");
    }
  }
}
