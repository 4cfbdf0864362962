package pinfold.kernel.mm;

import pinfold.engine.StateHash;

/**
 * The accessed bit of every page-table entry of an address space (_PAGE_ACCESSED), a bit per page beside the tables. Processors set
 * it when a user accesses the page, and a new entry has it from the start, as vm_page_prot has it on x86.
 */
final class AccessedBits {
  private static final int WORDS = AddressSpace.BLOCK_PAGES / Long.SIZE;

  private final long[][] blocks;

  /** @param blocks blocks of 2 MiB in the address space */
  AccessedBits(int blocks) {
    this.blocks = new long[blocks][];
  }

  void set(int block, int page) {
    if (blocks[block] == null) {
      blocks[block] = new long[WORDS];
    }
    blocks[block][page >>> 6] |= 1L << page;
  }

  boolean testAndClear(int block, int page) {
    if (blocks[block] == null) {
      return false;
    }
    boolean was = (blocks[block][page >>> 6] >>> page & 1) != 0;
    blocks[block][page >>> 6] &= ~(1L << page);
    return was;
  }

  void hashState(StateHash hash) {
    for (int block = 0; block < blocks.length; block++) {
      if (blocks[block] != null) {
        hash.add(block).addAll(blocks[block], 0, WORDS);
      }
    }
  }
}
