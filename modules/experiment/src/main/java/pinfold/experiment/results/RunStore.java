package pinfold.experiment.results;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where runs that are over are kept, each under what it depends on. Called from any thread. */
public interface RunStore {
  /** What was kept of a run, null if nothing was. */
  byte[] run(String identity) throws IOException;

  /** Keeps what is known of a run. */
  void putRun(String identity, byte[] bytes) throws IOException;

  /** Keeps them as long as this program lives. */
  static RunStore inMemory() {
    Map<String, byte[]> runs = new ConcurrentHashMap<>();
    return new RunStore() {
      @Override
      public byte[] run(String identity) {
        return runs.get(identity);
      }

      @Override
      public void putRun(String identity, byte[] bytes) {
        runs.put(identity, bytes);
      }
    };
  }
}
