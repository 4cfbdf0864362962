package pinfold.benchmarks;

import java.util.Arrays;

/**
 * What a touch costs without a kernel model around it, in plain arrays: a referenced bit, a second touch that puts the page into
 * a batch of 31, and a full batch that moves its pages to the head of the active list. The yardstick for page touches.
 */
final class KernelStyleTouch {
  private static final int BATCH = 31;
  private static final byte REFERENCED = 1;
  private static final byte ACTIVE = 2;

  private final int[] newer;
  private final int[] older;
  private final byte[] flags;
  private final int[] batch = new int[BATCH];
  private int batched;
  private int activeHead = -1;

  /** All pages are inactive and referenced, in order of their numbers, as populated memory is. */
  KernelStyleTouch(int pages) {
    newer = new int[pages];
    older = new int[pages];
    flags = new byte[pages];
    Arrays.fill(flags, REFERENCED);
    for (int page = 0; page < pages; page++) {
      newer[page] = page + 1 < pages ? page + 1 : -1;
      older[page] = page - 1;
    }
  }

  void touch(int first, int count) {
    for (int page = first; page < first + count; page++) {
      byte is = flags[page];
      if ((is & REFERENCED) == 0) {
        flags[page] = (byte) (is | REFERENCED);
      } else if ((is & ACTIVE) == 0) {
        flags[page] = 0;
        batch[batched++] = page;
        if (batched == BATCH) {
          flush();
        }
      }
    }
  }

  private void flush() {
    for (int i = 0; i < BATCH; i++) {
      int page = batch[i];
      if ((flags[page] & ACTIVE) == 0) {
        unlink(page);
        flags[page] |= ACTIVE;
        newer[page] = -1;
        older[page] = activeHead;
        if (activeHead >= 0) {
          newer[activeHead] = page;
        }
        activeHead = page;
      }
    }
    batched = 0;
  }

  private void unlink(int page) {
    if (newer[page] >= 0) {
      older[newer[page]] = older[page];
    }
    if (older[page] >= 0) {
      newer[older[page]] = newer[page];
    }
  }

  /** All pages become inactive and lose their referenced bit. */
  void cool() {
    for (int page = 0; page < flags.length; page++) {
      flags[page] = 0;
    }
  }
}
