package pinfold.kernel.machine;

/** Where memory that is in use at the start lies within the pageblocks that it may use. */
public enum Placement {
  /** From the lowest pageblock up, each filled before the next. */
  LOWEST,

  /** From the highest pageblock down, each filled before the next. */
  HIGHEST,

  /** The same number of pages in every pageblock, give or take one: memory as fragmented as it can be. */
  SCATTERED
}
