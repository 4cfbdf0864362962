package pinfold.scenario.litmus;

import java.util.function.Function;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;

/** What can be done to named folios: to a range of addresses or of a file, or to folios that the kernel holds pointers to. */
public enum Verb {
  WRITE("write", Programs::write),
  TOUCH("touch", Programs::touch),
  POPULATE("populate", Programs::populate),
  MADVISE_COLD("madvise-cold", Programs::madviseCold),
  MADVISE_FREE("madvise-free", Programs::madviseFree),
  DONTNEED("dontneed", Programs::madviseDontNeed),
  MLOCK("mlock", Programs::mlock),
  MLOCK_ONFAULT("mlock-onfault", Programs::mlockOnFault),
  MUNLOCK("munlock", Programs::munlock),
  READ_FILE("read-file"),
  FADVISE_DONTNEED("fadvise-dontneed"),
  TRUNCATE("truncate"),
  MARK_ACCESSED("mark-accessed", pfns -> FolioPrograms.markAccessed(pfns, 1)),
  GET("get", FolioPrograms::get),
  PUT("put", FolioPrograms::put),
  UNPIN("unpin", FolioPrograms::unpin),
  ROTATE("rotate", FolioPrograms::rotate),
  DEACTIVATE_FILE("deactivate-file", FolioPrograms::deactivateFile),
  ISOLATE("isolate", FolioPrograms::isolate),
  PUTBACK("putback", FolioPrograms::putback),
  PAGE_OUT("page-out", FolioPrograms::pageOut),
  MIGRATE("migrate", FolioPrograms::migrate);

  /** Makes a program for pages of an address space. */
  @FunctionalInterface
  interface RangeCall {
    TaskProgram of(int space, int firstPage, int pages);
  }

  private final String word;
  private final RangeCall onRange;
  private final Function<int[], TaskProgram> onFolios;

  Verb(String word) {
    this(word, null, null);
  }

  Verb(String word, RangeCall onRange) {
    this(word, onRange, null);
  }

  Verb(String word, Function<int[], TaskProgram> onFolios) {
    this(word, null, onFolios);
  }

  Verb(String word, RangeCall onRange, Function<int[], TaskProgram> onFolios) {
    this.word = word;
    this.onRange = onRange;
    this.onFolios = onFolios;
  }

  /** As files write it. */
  public String word() {
    return word;
  }

  /** Whether it needs an address range. */
  boolean onAddresses() {
    return onRange != null;
  }

  /** Whether it takes folios whatever they belong to. */
  boolean onAnyFolio() {
    return onFolios != null;
  }

  TaskProgram onRange(int space, int firstPage, int pages) {
    return onRange.of(space, firstPage, pages);
  }

  TaskProgram onFolios(int[] pfns) {
    return onFolios.apply(pfns);
  }
}
