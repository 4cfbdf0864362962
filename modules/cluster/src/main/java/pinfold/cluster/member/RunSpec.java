package pinfold.cluster.member;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run as it is submitted: everything that its result depends on.
 *
 * @param scenario name of the scenario among {@code files}
 * @param variant name of the kernel variant among {@code files}
 * @param onOneMember whether all of its machine stays together on one member, or its NUMA nodes are spread over all
 * @param files texts of the configuration by path, as {@code scenarios/NAME.conf}; nothing is read from a member's own configuration
 */
public record RunSpec(String scenario, String variant, long seed, boolean onOneMember, TreeMap<String, String> files) {
  /** Most characters of configuration that a run may bring along. */
  public static final int MOST_CHARACTERS = 4 << 20;

  public RunSpec {
    files = new TreeMap<>(files);
    long characters = 0;
    for (Map.Entry<String, String> file : files.entrySet()) {
      characters += file.getKey().length() + file.getValue().length();
      if (!file.getKey().matches("(scenarios|variants|machines)/[A-Za-z0-9._-]+\\.conf") || file.getKey().contains("..")) {
        throw new IllegalArgumentException("'" + file.getKey() + "' is no path of a scenario, variant or machine file");
      }
    }
    if (characters > MOST_CHARACTERS) {
      throw new IllegalArgumentException("the configuration has " + characters + " characters, at most " + MOST_CHARACTERS
          + " may be submitted");
    }
  }

  /** Writes it in a form that {@link #readFrom} reads. */
  public void writeTo(DataOutputStream out) throws IOException {
    out.writeUTF(scenario);
    out.writeUTF(variant);
    out.writeLong(seed);
    out.writeBoolean(onOneMember);
    out.writeInt(files.size());
    for (Map.Entry<String, String> file : files.entrySet()) {
      out.writeUTF(file.getKey());
      byte[] text = file.getValue().getBytes(StandardCharsets.UTF_8);
      out.writeInt(text.length);
      out.write(text);
    }
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @throws IOException if that is not what it is, or more than {@link #MOST_CHARACTERS}
   */
  public static RunSpec readFrom(DataInputStream in) throws IOException {
    String scenario = in.readUTF();
    String variant = in.readUTF();
    long seed = in.readLong();
    boolean onOneMember = in.readBoolean();
    TreeMap<String, String> files = new TreeMap<>();
    long bytes = 0;
    for (int left = in.readInt(); left > 0; left--) {
      String path = in.readUTF();
      int length = in.readInt();
      bytes += length;
      if (length < 0 || bytes > 4L * MOST_CHARACTERS) {
        throw new IOException("a file of " + length + " bytes");
      }
      byte[] text = in.readNBytes(length);
      if (text.length < length) {
        throw new EOFException("cut short within " + path);
      }
      files.put(path, new String(text, StandardCharsets.UTF_8));
    }
    try {
      return new RunSpec(scenario, variant, seed, onOneMember, files);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What tells this run from others: equal for equal runs, 16 hexadecimal digits. */
  public String hash() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      add(sha, scenario);
      add(sha, variant);
      add(sha, Long.toString(seed));
      add(sha, Boolean.toString(onOneMember));
      files.forEach((path, text) -> {
        add(sha, path);
        add(sha, text);
      });
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    sha.update(bytes);
  }
}
