package pinfold.cli;

import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.FolioView;

/** Throws when it is asked, so that a run fails. */
public final class ThrowingRule implements DrainRule {
  @Override
  public Action decide(FolioView folio, Progress progress) {
    throw new IllegalStateException("this rule never works");
  }

  @Override
  public String name() {
    return "THROWING";
  }

  @Override
  public String source() {
    return "a test";
  }
}
