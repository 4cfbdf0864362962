package pinfold.kernel.folio;

/** Holds folios, pages or pins that nothing else shows, for example as locals of a kernel function that waits. */
@FunctionalInterface
public interface HoldsFolios {
  /** Says what it holds; called between windows. */
  void report(Holdings to);
}
