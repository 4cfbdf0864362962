package pinfold.kernel.node;

import pinfold.kernel.count.VmCounter;

/** What somebody takes lru_lock for, as far as waits are told apart. */
enum LruLockUse {
  /** To put the folios of an lru_add batch on their lists. */
  ADD(VmCounter.LRU_ADD_LOCK_WAIT_NANOS),
  /** To take folios off their lists that nobody needs any more. */
  RELEASE(VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS),
  /** Anything else; its waits are in the sum of all only. */
  OTHER(null);

  /** Where its waits are counted too, null for nowhere. */
  final VmCounter waits;

  LruLockUse(VmCounter waits) {
    this.waits = waits;
  }
}
