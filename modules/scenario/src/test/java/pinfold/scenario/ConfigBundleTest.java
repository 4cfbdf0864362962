package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What travels is what was loaded. */
class ConfigBundleTest {
  private static final List<Path> SHIPPED = List.of(ConfigDir.SHIPPED);

  @TempDir Path temp;

  @Test
  void everyShippedVariantAsTextIsItselfAgain() {
    for (String name : VariantFile.names(SHIPPED)) {
      VariantSpec variant = VariantFile.load(name, SHIPPED);
      ConfigDir dir = new ConfigDir(temp).with("variants/" + name + ".conf", VariantFile.text(variant));
      assertThat(VariantFile.load(name, List.of(dir.path()))).isEqualTo(variant);
    }
  }

  @Test
  void aChangedSwitchTravelsAndSoDoChangedSettings() {
    VariantSpec variant = VariantFile.load("linux-6.12", SHIPPED, List.of("batch-capacity=31", "drain-rule=ALWAYS"));
    ScenarioConfig scenario = ScenarioFile.load("vm-start", SHIPPED, List.of("vms.vm.memory-mib=6"));
    ConfigBundle bundle = ConfigBundle.of(scenario, variant, SHIPPED);
    ConfigDir dir = new ConfigDir(temp);
    bundle.files().forEach(dir::with);
    VariantSpec arrived = VariantFile.load(bundle.variant(), List.of(dir.path()));
    assertThat(arrived.batchCapacity()).isEqualTo(31);
    assertThat(arrived.drainRule()).isEqualTo("ALWAYS");
    assertThat(arrived).isEqualTo(variant);
    ScenarioConfig there = ScenarioFile.load(bundle.scenario(), List.of(dir.path()), List.of());
    assertThat(new RunIdentity(there, arrived, List.of(dir.path())).of(1)).isEqualTo(new RunIdentity(scenario, variant, SHIPPED).of(1));
  }
}
