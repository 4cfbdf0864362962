package pinfold.scenario.litmus;

import java.util.List;

/**
 * One litmus test as its file says it.
 *
 * @param file what errors and reports call it
 * @param title one line for people
 * @param sources what the expectations are taken from
 * @param pages the named folios, in the order in which they lie in the address space
 * @param variants names of the kernel variants that it is run against, each once
 * @param lines what happens and what must hold, in order
 */
public record Litmus(String file, String title, List<String> sources, MachineShape machine, List<NamedPages> pages,
    List<String> variants, List<Line> lines) {
  public Litmus {
    sources = List.copyOf(sources);
    pages = List.copyOf(pages);
    variants = List.copyOf(variants);
    lines = List.copyOf(lines);
  }
}
