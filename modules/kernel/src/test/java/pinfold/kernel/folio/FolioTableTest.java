package pinfold.kernel.folio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FolioTableTest {
  private static final int PFN = 40_000;
  private static final int PAGES = 1 << 17;

  @Test
  void countsAreThoseOfAPlainModelAlsoWhereTheySpill() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      FolioTable table = new FolioTable(0, PAGES);
      table.create(PFN, FolioFlags.ANON, 1, 0, 9);
      int references = 1;
      int pins = 0;
      for (int step = 0; step < 3_000; step++) {
        boolean more = random.nextInt(100) < (step % 2_000 < 1_000 ? 75 : 25);
        if (random.nextInt(4) == 0 && (more || pins > 0)) {
          table.addPins(PFN, more ? 1 : -1);
          pins += more ? 1 : -1;
        } else if (more || references == 0) {
          table.addReferences(PFN, 1);
          references++;
        } else {
          references--;
          assertThat(table.dropReference(PFN)).as("seed %d, last", seed).isEqualTo(references == 0 && pins == 0);
        }
        assertThat(table.references(PFN)).as("seed %d, references", seed).isEqualTo(references);
        assertThat(table.pins(PFN)).as("seed %d, pins", seed).isEqualTo(pins);
        assertThat(table.refcount(PFN)).as("seed %d, refcount", seed).isEqualTo(references + 1024 * pins);
        assertThat(table.flags(PFN)).as("seed %d, flags", seed).isEqualTo(FolioFlags.ANON | FolioFlags.ALLOCATED);
      }
    }
  }

  @Test
  void linksAreWhatWasSet() {
    FolioTable table = new FolioTable(0, PAGES);
    table.create(PFN, 0, 1, 0, 0);
    assertThat(table.links(PFN)).isEqualTo(-1L);
    table.link(PFN, 5, -1);
    assertThat(table.links(PFN)).isEqualTo(5L << 32 | 0xFFFF_FFFFL);
  }

  @Test
  void aPageThatNeverHadAFolioTakesNoRoom() {
    FolioTable table = new FolioTable(0, PAGES);
    assertThat(table.isAllocated(PFN)).isFalse();
    assertThat(table.bytes()).isZero();
    table.create(PFN, 0, 1, 0, 0);
    assertThat(table.isAllocated(PFN)).isTrue();
    assertThat(table.bytes()).isEqualTo(16L << FolioTable.SECTION_SHIFT);
  }
}
