package pinfold.scenario;

import java.util.List;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/** Makes the kernel's rules out of a variant file's plain values. */
public final class KernelVariants {
  private KernelVariants() {}

  /**
   * The variant as the kernel model wants it.
   *
   * <p>A rule named by its class is looked for with the thread's context class loader.
   *
   * @throws ConfigError when the drain rule names a class that is not there or is no rule
   */
  public static KernelVariant of(VariantSpec spec) {
    return new KernelVariant(spec.name(), spec.batchCapacity(), spec.releaseBatch(), spec.clearLruAtQueue(), spec.flushTestsLru(),
        spec.deactivateFileTestsLru(), drainRule(spec), spec.emptyListIsSuccess(), spec.drainAllDrainsLocalFirst(),
        spec.drainAllPiggybacks(), spec.mglruNonLruIneligible(), spec.filterDeadOnAddFlush(),
        spec.migratePasses() == VariantSpec.MigratePasses.TEN ? MigratePasses.TEN : MigratePasses.ASYNC3_SYNC7,
        spec.migrateDrain() == VariantSpec.MigrateDrain.MAPPED ? MigrateDrain.MAPPED : MigrateDrain.MLOCKED,
        spec.thpPcpLists(), spec.pcpHigh() == VariantSpec.PcpHigh.AUTO_TUNED,
        spec.faultLock() == VariantSpec.FaultLock.MMAP ? FaultLock.MMAP : FaultLock.VMA,
        LruCacheDisable.valueOf(spec.lruCacheDisable().name()), CompactionCma.valueOf(spec.compactionCma().name()),
        spec.cmaHalfRule());
  }

  private static DrainRule drainRule(VariantSpec spec) {
    DrainRule refcount = new DrainRules.Refcount(spec.localDrainFirst(), spec.pinRefsInExpectation() == VariantSpec.PinRefs.BIAS,
        spec.drainOnlyIfMayBeCached());
    List<DrainRule> known = List.of(new DrainRules.LruFlag(), new DrainRules.Always(), new DrainRules.LruOrMlocked(),
        new DrainRules.MlockedNotUnevictable(), new DrainRules.OwnerHint(), refcount);
    for (DrainRule rule : known) {
      if (rule.name().equals(spec.drainRule())) {
        return rule;
      }
    }
    try {
      Class<?> named = Class.forName(spec.drainRule(), true, Thread.currentThread().getContextClassLoader());
      return new ForwardRule((DrainRule) named.getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException | ClassCastException | LinkageError problem) {
      throw new ConfigError("variant " + spec.name(), 0, "drain-rule", spec.drainRule(),
          "must be one of " + String.join(", ", VariantFile.DRAIN_RULES) + ", or a public class that implements "
              + DrainRule.class.getName() + ", has a public constructor without parameters and is in a jar of PINFOLD_CLASSPATH ("
              + problem + ")");
    }
  }
}
