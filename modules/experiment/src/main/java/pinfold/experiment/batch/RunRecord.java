package pinfold.experiment.batch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import pinfold.experiment.compare.FailedRun;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.RunStories;
import pinfold.experiment.compare.VmResult;
import pinfold.experiment.measure.Measures;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;

/**
 * What is kept of a run: a function of what the run depends on, so the same bytes whenever and wherever it ran.
 *
 * @param seed of the run
 * @param failure why there is no result, empty if there is
 * @param digest of the final state
 * @param values of all measures, in the order of {@link Measures#all}; NaN where the run has none
 * @param vms how each VM's start ended
 * @param stories what a person is told of failures, kills and who waits for whom
 * @param series rows over simulated time, see {@link pinfold.experiment.compare.Series}; empty unless kept
 * @param pins a row for each pin call, see {@link #PIN_COLUMNS}; empty unless kept
 */
public record RunRecord(long seed, String failure, long digest, double[] values, List<Vm> vms, List<String> stories, List<long[]> series,
    List<long[]> pins) {
  /** Columns of {@link #pins}. */
  public static final List<String> PIN_COLUMNS = List.of("vm", "cpu", "first_page", "pages", "result", "start_ns", "end_ns", "rounds",
      "local_drains", "drain_alls", "migrated_pages", "failed_pages", "blamed_pfn", "blamed_cpu");

  private static final int MAGIC = 0x50464C31;

  public RunRecord {
    vms = List.copyOf(vms);
    stories = List.copyOf(stories);
    series = List.copyOf(series);
    pins = List.copyOf(pins);
  }

  /** How one VM's start ended: 0 or a negative errno, and when. */
  public record Vm(String name, boolean ended, long result, long startNanos, long endNanos) {}

  /** @param keepSeries whether series and pins are kept */
  static RunRecord of(RunResult run, ScenarioConfig scenario, KernelVariant variant, boolean keepSeries) {
    return new RunRecord(run.seed(), "", run.digest(), Measures.of(run, scenario),
        run.vms().stream().map(RunRecord::vm).toList(), RunStories.of(scenario, variant, run),
        keepSeries ? run.series().rows().stream().map(row -> row.stream().mapToLong(Long::longValue).toArray()).toList() : List.of(),
        keepSeries ? run.pinCalls().stream().map(RunRecord::pin).toList() : List.of());
  }

  static RunRecord of(FailedRun run) {
    return new RunRecord(run.seed(), run.problem().toString(), 0, new double[0], List.of(), List.of(), List.of(), List.of());
  }

  private static Vm vm(VmResult vm) {
    return new Vm(vm.name(), vm.ended(), vm.result(), vm.startNanos(), vm.endNanos());
  }

  private static long[] pin(PinCall call) {
    return new long[] {call.space(), call.cpu(), call.firstPage(), call.pages(), call.outcome(), call.startNanos(), call.endNanos(),
        call.rounds(), call.localDrains(), call.allDrains(), call.migrated(), call.failed(), call.blamedPfn(), call.blamedCpu()};
  }

  /** Whether the run ended without a result. */
  public boolean failed() {
    return !failure.isEmpty();
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeLong(seed);
      writeText(out, failure);
      out.writeLong(digest);
      out.writeInt(values.length);
      for (double value : values) {
        out.writeDouble(value);
      }
      out.writeInt(vms.size());
      for (Vm vm : vms) {
        writeText(out, vm.name);
        out.writeBoolean(vm.ended);
        out.writeLong(vm.result);
        out.writeLong(vm.startNanos);
        out.writeLong(vm.endNanos);
      }
      out.writeInt(stories.size());
      for (String story : stories) {
        writeText(out, story);
      }
      writeRows(out, series);
      writeRows(out, pins);
      out.writeLong(crc(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Null if these are not the bytes of a whole record. */
  static RunRecord ofBytes(byte[] bytes) {
    int length = bytes.length - Long.BYTES;
    if (length < Integer.BYTES || crc(bytes, length) != ByteBuffer.wrap(bytes).getLong(length)) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        return null;
      }
      long seed = in.readLong();
      String failure = readText(in);
      long digest = in.readLong();
      double[] values = new double[in.readInt()];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readDouble();
      }
      List<Vm> vms = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        vms.add(new Vm(readText(in), in.readBoolean(), in.readLong(), in.readLong(), in.readLong()));
      }
      List<String> stories = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        stories.add(readText(in));
      }
      return new RunRecord(seed, failure, digest, values, vms, stories, readRows(in), readRows(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static void writeRows(DataOutputStream out, List<long[]> rows) throws IOException {
    out.writeInt(rows.size());
    for (long[] row : rows) {
      out.writeInt(row.length);
      for (long word : row) {
        out.writeLong(word);
      }
    }
  }

  private static List<long[]> readRows(DataInputStream in) throws IOException {
    List<long[]> rows = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      long[] row = new long[in.readInt()];
      for (int i = 0; i < row.length; i++) {
        row[i] = in.readLong();
      }
      rows.add(row);
    }
    return rows;
  }
}
