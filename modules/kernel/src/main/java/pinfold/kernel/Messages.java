package pinfold.kernel;

/**
 * Every message of the kernel model. A request's first two longs are when it was sent (ns) and the task that waits;
 * its answer begins with the task. The receiver's class documents the rest.
 */
public final class Messages {
  private Messages() {}

  /** CPU to memory node: {@link pinfold.kernel.node.MemoryNode}. */
  public static final int BURST = 1;
  public static final int BURST_DONE = 2;
  /** Memory node to memory node: work on folios of the other that a burst left behind. */
  public static final int REMOTE_WORK = 3;
  public static final int REMOTE_DONE = 4;
  /** CPU to memory node: reclaim is over. */
  public static final int REFAULTS_SEEN = 5;

  /** CPU to zone: {@link pinfold.kernel.zone.Zone}. */
  public static final int ZONE_REFILL = 10;
  public static final int ZONE_REFILLED = 11;
  public static final int ZONE_FREE = 12;
  /** Zone to memory node: a pageblock changed its type. */
  public static final int BLOCK_TYPE = 13;
  /** CPU to zone: what cma_alloc() and alloc_contig_range() want of it. */
  public static final int CMA_RESERVE = 90;
  public static final int CMA_RESERVED = 91;
  public static final int CMA_CLEAR = 92;
  public static final int CMA_LOCK = 93;
  public static final int CMA_LOCKED = 94;
  public static final int CMA_UNLOCK = 95;
  public static final int ISOLATE_RANGE = 96;
  public static final int RANGE_ISOLATED = 97;
  public static final int END_ISOLATION = 98;
  public static final int ISOLATION_ENDED = 99;
  public static final int READ_ZONE = 102;
  public static final int ZONE_IS = 103;
  public static final int LOWER_BOOST = 104;
  /** CPU to CPU: give back the pages of a zone (entity and task that wait, zone), and the answer. */
  public static final int DRAIN_PCP = 100;
  public static final int PCP_DRAINED = 101;

  /** CPU to zone: what compaction wants of it. */
  public static final int COMPACT_BEGIN = 130;
  public static final int COMPACT_BEGUN = 131;
  public static final int COMPACT_NEXT = 132;
  public static final int COMPACT_BLOCK = 133;
  public static final int COMPACT_FREE = 134;
  public static final int COMPACT_FREED = 135;
  public static final int COMPACT_END = 136;
  public static final int COMPACT_ALLOCATED = 137;
  public static final int COMPACT_SCANNED = 138;
  public static final int COMPACT_ROOM = 160;
  public static final int COMPACT_ROOM_IS = 161;

  /** CPU to address space: {@link pinfold.kernel.mm.AddressSpace}. */
  public static final int WALK = 20;
  public static final int WALKED = 21;
  public static final int UNLOCK = 22;
  public static final int VMAS = 23;
  public static final int VMAS_ARE = 24;
  public static final int SET_VMA_LOCKED = 25;
  public static final int VMA_SET = 26;
  public static final int MIGRATE_UNMAP = 27;
  public static final int MIGRATE_UNMAPPED = 28;
  public static final int MIGRATE_REMAP = 29;
  public static final int WAIT_MIGRATION = 30;
  public static final int MIGRATION_OVER = 31;
  public static final int ZAP = 32;
  public static final int ZAPPED = 33;
  public static final int MMAP_UNLOCK = 34;
  /** Address space to CPU: the task that asked waits for mmap_lock and sleeps (task, space); the answer comes when it has it. */
  public static final int MMAP_WAIT = 35;

  /** CPU to file: {@link pinfold.kernel.mm.FileMapping}. */
  public static final int FILE_LOOKUP = 40;
  public static final int FILE_FOUND = 41;
  public static final int FILE_ADD = 42;
  public static final int FILE_ADDED = 43;
  public static final int FILE_MOVED = 44;
  public static final int FILE_REMOVE = 45;
  public static final int FILE_DIRTY = 48;
  public static final int FILE_TO_WRITE = 49;
  public static final int FILE_IS_TO_WRITE = 147;
  /** The same, of files whose pages go to swap; the first also from a memory node. */
  public static final int FILE_SWAP_OUT = 180;
  public static final int FILE_SWAP_IN = 181;
  public static final int FILE_SWAPPED_IN = 182;
  public static final int FILE_SWAP_BACK = 183;
  public static final int FILE_FREE_SWAP = 185;
  public static final int FILE_SWAP_FREED = 186;

  /** CPU to address space, for reclaim: {@link pinfold.kernel.mm.AddressSpace}. */
  public static final int REFERENCED = 36;
  public static final int REFERENCED_IS = 37;
  public static final int SWAP_OUT = 38;
  public static final int SWAPPED_OUT = 39;
  public static final int AGE = 46;
  public static final int AGED = 47;

  /** CPU and memory node to swap device: {@link pinfold.kernel.swap.SwapDevice}. */
  public static final int SWAP_ALLOC = 110;
  public static final int SWAP_ALLOCATED = 111;
  public static final int SWAP_LOOKUP = 112;
  public static final int SWAP_FOUND = 113;
  public static final int SWAP_RELEASE = 114;
  public static final int SWAP_UNCACHE = 115;
  public static final int SWAP_FORGET = 116;
  public static final int SWAP_FREE = 117;
  public static final int SWAP_MOVED = 118;
  public static final int SWAP_ORPHAN = 119;
  public static final int SWAP_WRITE = 140;
  public static final int SWAP_SUBMITTED = 141;
  /** Swap device to CPU: the queue is full, so the task that asked sleeps (task); the answer comes when it has been accepted. */
  public static final int SWAP_WAIT = 142;
  /** Swap device to CPU, an interrupt: these pages (pfn…) were written. */
  public static final int SWAP_WRITTEN = 143;
  public static final int SWAP_READ = 144;
  public static final int SWAP_READ_DONE = 145;
  public static final int SWAP_CANCEL = 187;
  public static final int SWAP_AWAIT_WRITE = 188;
  public static final int SWAP_WRITE_OVER = 189;
  /** CPU to the swap device that holds files too; it tells the nodes of the folios when it has read them, with READ_ENDED. */
  public static final int READ_FILE = 146;
  public static final int READ_ENDED = 190;
  /** CPU to memory node: answered with READ_AWAITED when the folio is not being read any more. */
  public static final int AWAIT_READ = 191;
  public static final int READ_AWAITED = 192;
  /** CPU to such a device; answered as SWAP_WRITE. */
  public static final int WRITE_FILE = 148;
  /** From a disk to itself: a request is done. */
  public static final int DISK_DONE = 149;
  /** CPU to memory node: who was told so for a folio whose lock he waited for has unlocked it (pfn). */
  public static final int FOLIO_UNLOCKED = 193;

  /** CPU to the counter of a memory cgroup: {@link pinfold.kernel.memcg.PageCounter}. */
  public static final int MEMCG_CHARGE = 120;
  public static final int MEMCG_CHARGED = 121;
  public static final int MEMCG_UNCHARGE = 122;
  /** CPU to CPU: give back what is in stock of a memory cgroup. */
  public static final int DRAIN_STOCK = 123;

  /** To {@link pinfold.kernel.reclaim.Reclaim}. */
  public static final int WAKE_KSWAPD = 150;
  public static final int RECLAIM_PROGRESS = 151;
  public static final int KSWAPD_NEXT = 152;
  public static final int KSWAPD_NEXT_IS = 153;
  /** From it to the CPU of its kswapd. */
  public static final int KSWAPD_RUN = 154;
  /** The same for kcompactd. */
  public static final int WAKE_KCOMPACTD = 210;
  public static final int KCOMPACTD_NEXT = 211;
  public static final int KCOMPACTD_NEXT_IS = 212;
  public static final int KCOMPACTD_RUN = 213;
  /** From it to the zones of its node: kswapd goes to sleep. */
  public static final int RESET_ISOLATION = 214;
  /** kcompactd to zone: {@link pinfold.kernel.zone.CompactMessages}. */
  public static final int COMPACT_SUITS = 215;
  public static final int COMPACT_SUITS_IS = 216;

  /** To {@link pinfold.kernel.writeback.Writeback}, and back. */
  public static final int FILE_DIRTIED = 178;
  public static final int MAY_WRITE = 179;
  public static final int WAKE_FLUSHER = 155;
  public static final int FLUSHER_NEXT = 156;
  public static final int FLUSHER_NEXT_IS = 157;
  /** From it to the CPU of the flusher. */
  public static final int FLUSHER_RUN = 158;
  public static final int FILES_WRITTEN = 159;
  /** It to itself. */
  public static final int WRITEBACK_TIMER = 162;

  /** CPU to memory node: its reclaim may have the task sleep; answered when it goes on. */
  public static final int RECLAIM_THROTTLE = 170;
  public static final int RECLAIM_THROTTLED = 171;
  /** To CPU: the task that asked sleeps (task); the answer comes when it goes on. */
  public static final int TASK_SLEEPS = 172;
  /** CPU to memory node: what reclaim found of writeback. */
  public static final int RECLAIM_MARK = 173;
  public static final int RECLAIM_UNMARK = 174;
  public static final int RECLAIM_WAKE = 177;
  /** A memory node to itself: a task has slept long enough. */
  public static final int THROTTLE_TIMEOUT = 175;
  /** Reclaim to its memory node: whether kswapd has given up. */
  public static final int NODE_HOPELESS = 176;

  /** To {@link pinfold.kernel.drain.LruDrain}. */
  public static final int NEEDS_DRAIN = 50;
  public static final int DRAIN_GENERATION = 51;
  public static final int DRAIN_GENERATION_IS = 52;
  public static final int DRAIN_ALL = 53;
  public static final int DRAIN_ALL_DONE = 54;
  public static final int DRAIN_OWNER = 55;
  public static final int LRU_CACHE_DISABLE = 56;
  public static final int LRU_CACHE_ENABLE = 57;
  /** From it to a CPU, and back. */
  public static final int DRAIN_WORK = 58;
  public static final int DRAIN_WORK_DONE = 59;
  public static final int LRU_CACHE_DISABLED = 60;
  public static final int LRU_CACHE_ENABLED = 61;

  /** To a CPU: run a task (program number, entity that waits for its end or 0, task that waits). */
  public static final int START_TASK = 70;
  /** Answer when such a task ended: task that waits, result. */
  public static final int TASK_JOINED = 73;
  /** For the OOM killer. CPU to address space: how large (1 = and it is the victim), {@link pinfold.kernel.mm.OomVictim}. */
  public static final int OOM_ASK = 200;
  public static final int OOM_ASKED = 201;
  /** So many tasks of the victim are to leave it. */
  public static final int OOM_TASKS = 202;
  /** One of them has; answered by 1 if it was the last. */
  public static final int OOM_TASK_LEFT = 203;
  public static final int OOM_TASK_LEFT_IS = 204;
  /** Nothing of the victim is mapped any more. */
  public static final int OOM_VICTIM_GONE = 205;
  /**
   * CPU to CPU: kill the tasks of an address space (task that waits, space, 1 = and if there is none, one is to take it down); the
   * answer is how many these are, the first of them, and whether the run waits for a load among them.
   */
  public static final int OOM_KILL_TASKS = 206;
  public static final int OOM_TASKS_KILLED = 207;
  /** CPU to zone 0: oom_lock, {@link pinfold.kernel.zone.Zone}. */
  public static final int OOM_LOCK = 208;
  public static final int OOM_LOCKED = 209;

  /** A CPU to itself. */
  public static final int RESUME = 71;
  public static final int WORK_RUNNABLE = 72;
  public static final int TIMER = 74;

  /** To {@link pinfold.kernel.Observer}. */
  public static final int TASK_DONE = 80;
  public static final int PIN_CALL = 81;
  public static final int OOM_KILL = 82;
}
