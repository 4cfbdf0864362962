package pinfold.experiment.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.member.RunSpec;
import pinfold.experiment.compare.ClusterRun;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.plan.Cell;
import pinfold.scenario.ConfigBundle;

/**
 * Has runs done by a cluster, each whole on one of its members. When a member goes away another does its runs again, from their last
 * checkpoints if they had one. A run that is given up here goes on there.
 */
public final class ClusterExecutor implements RunExecutor {
  private final FrontClient client;
  private final List<Path> searchPath;

  /** @param searchPath where configuration was read from */
  public ClusterExecutor(FrontClient client, List<Path> searchPath) {
    this.client = client;
    this.searchPath = List.copyOf(searchPath);
  }

  @Override
  public RunResult run(Cell cell, long seed, RunListener listener) throws NowhereToRunException {
    ConfigBundle bundle = ConfigBundle.of(cell.scenario(), cell.variant(), searchPath);
    try {
      return ClusterRun.run(client, new RunSpec(bundle.scenario(), bundle.variant(), seed, true, bundle.files()), listener);
    } catch (IOException e) {
      throw new NowhereToRunException(e);
    }
  }
}
