package pinfold.scenario.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import pinfold.kernel.Machine;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceRecord;

/**
 * Writes what a machine has traced as the kernel's {@code trace} file shows it (kernel/trace/trace_output.c, 6.12): the header,
 * then comm, pid, CPU, five latency characters, seconds and microseconds, event and fields.
 *
 * <p>A task's pid is made up, 1000 × (CPU + 1) + its number on that CPU; number 0 is the CPU's kworker. Times are cut to whole
 * microseconds, the order is exact.
 */
public final class FtraceWriter {
  private static final String HEADER = """
      # tracer: nop
      #
      # entries-in-buffer/entries-written: %d/%d   #P:%d
      #
      #                                _-----=> irqs-off/BH-disabled
      #                               / _----=> need-resched
      #                              | / _---=> hardirq/softirq
      #                              || / _--=> preempt-depth
      #                              ||| / _-=> migrate-disable
      #                              |||| /     delay
      #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
      #              | |         |   |||||     |         |
      """;
  private static final int COMM_WIDTH = 16;
  /** TASK_COMM_LEN without the end of the string. */
  private static final int COMM_LENGTH = 15;
  private static final int PID_WIDTH = 7;
  private static final int CPU_WIDTH = 3;
  private static final int SECONDS_WIDTH = 5;
  private static final int MICROS_WIDTH = 6;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final String VARIANT_WITHOUT_SPLIT_COUNT = "linux-6.1";

  private final Machine machine;
  private final EventText text;

  public FtraceWriter(Machine machine) {
    this.machine = machine;
    this.text = new EventText(!machine.spec().variant().name().equals(VARIANT_WITHOUT_SPLIT_COUNT));
  }

  /** Writes a file; only while no window runs. An existing one is replaced when all of the new one is there. */
  public void write(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path part = Files.createTempFile(directory, file.getFileName().toString(), ".part");
    try {
      try (var out = Files.newBufferedWriter(part, StandardCharsets.US_ASCII)) {
        writeTo(out);
      }
      Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Writes header and lines; only while no window runs. */
  public void writeTo(Appendable out) throws IOException {
    out.append(HEADER.formatted(machine.tracing().kept(), machine.tracing().written(), machine.directory().cpus()));
    try {
      machine.tracing().forEach(record -> {
        try {
          out.append(line(record)).append('\n');
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** One line, without its end. */
  public String line(TraceRecord record) {
    long nanos = record.nanos();
    StringBuilder line = new StringBuilder();
    pad(line, comm(record), COMM_WIDTH, ' ');
    line.append('-');
    int pidEnd = line.length() + PID_WIDTH;
    line.append(pid(record));
    while (line.length() < pidEnd) {
      line.append(' ');
    }
    pad(line.append(" ["), Integer.toString(record.cpu()), CPU_WIDTH, '0');
    line.append("] ").append(EventText.irqsOff(record.event()) ? "d...." : ".....").append(' ');
    pad(line, Long.toString(nanos / NANOS_PER_SECOND), SECONDS_WIDTH, ' ');
    pad(line.append('.'), Long.toString(nanos % NANOS_PER_SECOND / 1_000), MICROS_WIDTH, '0');
    return line.append(": ").append(record.event().eventName()).append(": ").append(text.fields(record)).toString();
  }

  private String comm(TraceRecord record) {
    if (record.task() == TraceBuffer.UNKNOWN_TASK) {
      return "<...>";
    }
    String comm = machine.cpu(record.cpu()).comm(record.task());
    return comm.length() > COMM_LENGTH ? comm.substring(0, COMM_LENGTH) : comm;
  }

  private static int pid(TraceRecord record) {
    return record.task() == TraceBuffer.UNKNOWN_TASK ? 0 : 1_000 * (record.cpu() + 1) + record.task();
  }

  private static void pad(StringBuilder line, String right, int width, char with) {
    for (int missing = width - right.length(); missing > 0; missing--) {
      line.append(with);
    }
    line.append(right);
  }
}
