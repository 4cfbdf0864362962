package pinfold.cli.backend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import pinfold.experiment.results.Json;

/** Logs: a line per event on standard error for a member of a cluster, none for all other commands. */
public final class Logs extends ContextAwareBase implements Configurator {
  /** How a line looks. */
  public enum Format {
    /** Time, level, who, what, and the fields as {@code run=... epoch=...}. */
    TEXT,
    /** One JSON object. */
    JSON
  }

  private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0}: "
      + "%replace(%msg){'[\\r\\n]+', ' '} %kvp{NONE}%replace( %ex){'[\\r\\n\\t]+', ' | '}%nopex%n";

  /** Found by logback before anything is logged. */
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** From now on events are written: our own from INFO up, those of libraries from WARN up. */
  static void write(Format format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    Encoder<ILoggingEvent> encoder = format == Format.JSON ? json() : text();
    encoder.setContext(context);
    encoder.start();
    console.setEncoder(encoder);
    console.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    context.getLogger("pinfold").setLevel(Level.INFO);
  }

  private static Encoder<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(TEXT);
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder encoder = new JsonLines();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithArguments(false);
    encoder.setWithMessage(false);
    encoder.setWithThreadName(false);
    encoder.setWithKVPList(false);
    return encoder;
  }

  /** The fields are members of the object itself, where collectors look for them; logback would put them into a list of objects. */
  private static final class JsonLines extends JsonEncoder {
    @Override
    protected void appendCustomFields(StringBuilder line, ILoggingEvent event) {
      line.append(",\"message\":").append(Json.line(event.getFormattedMessage()));
      if (event.getKeyValuePairs() != null) {
        for (KeyValuePair field : event.getKeyValuePairs()) {
          line.append(',').append(Json.line(field.key)).append(':').append(Json.line(field.value));
        }
      }
    }
  }
}
