package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads one HOCON text. A file means the same on every machine: environment variables and system properties are
 * not substituted, and include is refused, which could fetch a URL.
 */
final class HoconFile {
  /** The format version that this build reads, of every kind of file. */
  static final int FORMAT = 1;

  private HoconFile() {}

  /** Reads a file; {@code shownAs} is its name in messages. */
  static Config read(Path file, String shownAs) {
    return parse(TextFile.read(file, shownAs), shownAs);
  }

  /** Reads a resource beside this class, called by its name in messages. */
  static Config readResource(String name) {
    return parse(resourceText(name), name);
  }

  static String resourceText(String name) {
    try (InputStream in = HoconFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource pinfold/scenario/" + name + " is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Config parse(String text, String shownAs) {
    ConfigParseOptions options = ConfigParseOptions.defaults()
        .setSyntax(ConfigSyntax.CONF)
        .setOriginDescription(shownAs)
        .setIncluder(new RefusedIncludes(shownAs));
    try {
      return ConfigFactory.parseString(text, options).resolve(ConfigResolveOptions.noSystem());
    } catch (ConfigException e) {
      int line = e.origin() == null ? 0 : e.origin().lineNumber();
      throw new ConfigError(shownAs, line, "", null, "is not valid HOCON: " + withoutOrigin(e, shownAs));
    }
  }

  /** Refuses a file that says another format version, or none. */
  static void requireFormat(Settings root) {
    if (!root.has("format")) {
      throw new ConfigError(root.source(), 0, "format", null,
          "is missing; write format = " + FORMAT + ", the version that this build reads");
    }
    long format = root.integer("format", Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (format != FORMAT) {
      throw root.error("format", "this build reads format " + FORMAT + " only");
    }
  }

  private static String withoutOrigin(ConfigException e, String shownAs) {
    String message = e.getMessage();
    String prefix = shownAs + ": ";
    if (message.startsWith(prefix)) {
      message = message.substring(prefix.length()).replaceFirst("^\\d+: ", "");
    }
    return message;
  }

  private record RefusedIncludes(String shownAs) implements ConfigIncluder {
    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      throw new ConfigError(shownAs, 0, "", null, "includes " + what
          + ", but a file must say all of it itself (a variant may use extends, a scenario machine.file)");
    }
  }
}
