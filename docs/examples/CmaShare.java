import java.nio.file.Path;
import pinfold.experiment.Experiment;
import pinfold.experiment.batch.CellResult;
import pinfold.experiment.batch.ExperimentResult;

/**
 * At which share of memory in CMA does a VM with a passed-through device start?
 *
 * <p>java -cp "$(./pinfold classpath)" docs/examples/CmaShare.java [SEEDS [DIRECTORY]]
 */
void main(String[] args) throws Exception {
  int seeds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
  Object[] cmaMib = {0, 1024, 2048};
  Experiment experiment = Experiment.of("vm-start")
      .question("At which share of memory in CMA does a VM with a passed-through device start?")
      .variants("linux-6.10", "linux-6.12", "linux-2026")
      .set("vms.vm.memory-mib=32")
      .vary("machine.cma-per-node-mib", cmaMib)
      .seeds(seeds)
      .measures("success", "vm-start-ms", "drain-alls");
  ExperimentResult result = args.length > 1 ? experiment.run(Path.of(args[1])) : experiment.run();

  for (Object mib : cmaMib) {
    for (String variant : result.plan().variants()) {
      CellResult cell = result.at(variant, mib);
      IO.println("%4s MiB of CMA, %s: started in %.0f %% of %d runs, at least in %.0f %% with 95 %% confidence".formatted(mib, variant,
          100 * cell.value("success"), cell.values("success").length, 100 * cell.interval("success").low()));
    }
    IO.println("  drains of linux-2026 against linux-6.12: "
        + result.at("linux-2026", mib).against(result.at("linux-6.12", mib), "drain-alls").sentence("lower", "higher"));
  }
}
