package pinfold.cluster.member;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import pinfold.cluster.member.ClusterMessage.PartDone;
import pinfold.engine.Host.Outcome;

/**
 * How a run on the cluster ended.
 *
 * @param rounds rounds since the last time it was begun
 * @param series counters at each sample, the time first, summed over the parts
 * @param readings what each part read of its entities, as {@link pinfold.cluster.state.StateCodec} wrote it
 */
public record RunOutcome(Outcome outcome, long nowNanos, long rounds, List<long[]> series, List<byte[]> readings) {
  /** Puts together what the parts said; all of them. */
  static RunOutcome of(List<PartDone> parts) {
    PartDone first = parts.getFirst();
    return new RunOutcome(first.outcome(), first.nowNanos(), first.rounds(), Series.sum(parts.stream().map(PartDone::series).toList()),
        parts.stream().map(PartDone::reading).toList());
  }

  /** Writes it in a form that {@link #readFrom} reads. */
  public void writeTo(DataOutputStream out) throws IOException {
    out.writeUTF(outcome.name());
    out.writeLong(nowNanos);
    out.writeLong(rounds);
    out.writeInt(series.size());
    for (long[] row : series) {
      write(out, row);
    }
    out.writeInt(readings.size());
    for (byte[] reading : readings) {
      out.writeInt(reading.length);
      out.write(reading);
    }
  }

  private static void write(DataOutputStream out, long[] longs) throws IOException {
    out.writeInt(longs.length);
    for (long value : longs) {
      out.writeLong(value);
    }
  }

  /** Reads what {@link #writeTo} wrote. */
  public static RunOutcome readFrom(DataInputStream in) throws IOException {
    Outcome outcome = Outcome.valueOf(in.readUTF());
    long nowNanos = in.readLong();
    long rounds = in.readLong();
    List<long[]> series = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      series.add(longs(in));
    }
    List<byte[]> readings = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      readings.add(in.readNBytes(in.readInt()));
    }
    return new RunOutcome(outcome, nowNanos, rounds, series, readings);
  }

  private static long[] longs(DataInputStream in) throws IOException {
    long[] longs = new long[in.readInt()];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = in.readLong();
    }
    return longs;
  }
}
