package pinfold.kernel.cpu;

import java.util.List;
import java.util.Random;
import pinfold.kernel.cpu.Programs.OneCall;

/** Operations on a range of pages, drawn for tests that let many of them overlap. */
public final class RandomPrograms {
  private RandomPrograms() {}

  /** Changes what is mapped, locked and on which list; never leaves a pin behind and never fails. */
  static TaskProgram harmless(Random random, int space, int page, int pages) {
    return of(random.nextInt(11), space, page, pages);
  }

  /** Anything of {@link #harmless}, and besides pins that stay or fail, MADV_FREE, drains. */
  public static TaskProgram any(Random random, int space, int page, int pages) {
    return of(random.nextInt(20), space, page, pages);
  }

  private static TaskProgram of(int kind, int space, int page, int pages) {
    return switch (kind) {
      case 0, 1 -> Programs.write(space, page, pages);
      case 2 -> Programs.populate(space, page, pages);
      case 3 -> Programs.touch(space, page, pages);
      case 4 -> Programs.mlock(space, page, pages);
      case 5 -> Programs.mlockOnFault(space, page, pages);
      case 6 -> Programs.munlock(space, page, pages);
      case 7 -> Programs.madviseDontNeed(space, page, pages);
      case 8, 11 -> Programs.registerBuffer(space, page, pages, true);
      case 9 -> Programs.madviseCold(space, page, pages);
      case 10 -> new OneCall("munmap", () -> new Unmap(Unmap.Reason.MUNMAP, space, page, pages));
      case 12 -> Programs.vfioMap(space, page, Math.min(pages, 32));
      case 13 -> Programs.pinUserPages(space, page, Math.min(pages, 32), false);
      case 14 -> Programs.madviseFree(space, page, pages);
      case 15 -> Programs.drainAll();
      case 16 -> Programs.drainLocal();
      case 17 -> Programs.inTurn(List.of(Programs.lruCacheDisable(), Programs.lruCacheEnable()));
      case 18 -> Programs.registerBuffer(space, page, Math.min(pages, 32), false);
      default -> Programs.registerBuffer(space, page, pages, true);
    };
  }
}
