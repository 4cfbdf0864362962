package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code ./pinfold} in a copy of the tree's shape, with a Java and a Maven that only say how they were called. */
class LauncherTest {
  private static final List<String> TOOLS = List.of("dirname", "readlink", "sed", "cat", "find", "head", "tail", "mkdir",
      "rm", "mv", "cp", "sort", "xargs", "date", "sleep", "uname", "stty", "cut", "grep", "touch");

  @TempDir Path temp;

  private Path tree;
  private Path bin;
  private final Map<String, String> environment = new LinkedHashMap<>();

  private record Run(int code, String out, String err) {}

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectories(temp.resolve("a tree"));
    bin = Files.createDirectories(temp.resolve("bin"));
    Files.copy(repository().resolve("pinfold"), tree.resolve("pinfold"));
    assertThat(tree.resolve("pinfold").toFile().setExecutable(true)).isTrue();
    for (String source : List.of("pom.xml", "LICENSE", "NOTICE", "modules/cli/pom.xml", "modules/cli/src/main/java/A.java")) {
      Path file = tree.resolve(source);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
      for (Path p = file; !p.equals(temp); p = p.getParent()) {
        Files.setLastModifiedTime(p, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
      }
    }
    for (String tool : TOOLS) {
      Path real = Path.of("/usr/bin", tool);
      script(bin.resolve(tool), "exec " + (Files.exists(real) ? real : Path.of("/bin", tool)) + " \"$@\"");
    }
    script(bin.resolve("mvn"), """
        echo "JAVA_HOME=$JAVA_HOME" >> "%1$s/maven-runs"
        sleep 0.3
        mkdir -p "%1$s/modules/benchmarks/target/lib"
        touch "%1$s/modules/benchmarks/target/lib/lib.jar" "%1$s/modules/benchmarks/target/pinfold-benchmarks-1.jar"
        """.formatted(tree));
    environment.put("PATH", bin.toString());
    environment.put("PINFOLD_JVM_DIR", temp.resolve("jvm").toString());
  }

  @Test
  void pinfoldJavaHomeComesFirst() throws Exception {
    environment.put("PINFOLD_JAVA_HOME", jdk("mine", "26").toString());
    environment.put("JAVA_HOME", jdk("other", "25.0.3").toString());
    assertThat(pinfold("list").out()).startsWith("java mine ");
  }

  @Test
  void aJdkThatIsTooOldIsPassedOver() throws Exception {
    environment.put("JAVA_HOME", jdk("old", "17.0.15").toString());
    jdk("jvm/java-17", "17.0.15");
    jdk("jvm/java-25", "25.0.3");
    assertThat(pinfold("list").out()).startsWith("java java-25 ");
    assertThat(Files.readString(tree.resolve("maven-runs"))).as("Maven gets it too").contains("jvm/java-25\n");
  }

  @Test
  void aJdkNumberedInTheOldWayIsPassedOver() throws Exception {
    environment.put("JAVA_HOME", jdk("ancient", "1.8.0_402").toString());
    assertThat(pinfold("list").code()).isEqualTo(2);
  }

  @Test
  void aJreWithoutACompilerIsPassedOver() throws Exception {
    Files.delete(jdk("jvm/jre-25", "25").resolve("bin/javac"));
    assertThat(pinfold("list").code()).isEqualTo(2);
  }

  @Test
  void javaOnThePathIsFoundThroughItsLinks() throws Exception {
    Path java = jdk("opt/jdk-25", "25.0.3").resolve("bin/java");
    Files.createSymbolicLink(temp.resolve("alternatives"), java);
    Files.createSymbolicLink(bin.resolve("java"), temp.resolve("alternatives"));
    assertThat(pinfold("list").out()).startsWith("java jdk-25 ");
  }

  @Test
  void withoutAJdkItSaysWhatToInstallAndWhatItSaw() throws Exception {
    jdk("jvm/java-17", "17.0.15");
    Run run = pinfold("list");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("needs a JDK 25 or newer", "jvm/java-17 (Java 17)", "temurin-25-jdk", "PINFOLD_JAVA_HOME");
    assertThat(tree.resolve("maven-runs")).doesNotExist();
  }

  @Test
  void aWrongPinfoldJavaHomeIsAnErrorAndNotPassedOver() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    environment.put("PINFOLD_JAVA_HOME", "/nowhere");
    Run run = pinfold("list");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("PINFOLD_JAVA_HOME=/nowhere");
  }

  @Test
  void itBuildsOnceAndAgainWhenASourceIsNewer() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    assertThat(pinfold("list").err()).contains("building", "preparing a fast start");
    assertThat(pinfold("list").err()).isEmpty();
    assertThat(mavenRuns()).isEqualTo(1);
    Files.setLastModifiedTime(tree.resolve("modules/cli/src/main/java/A.java"), FileTime.from(Instant.now().plusSeconds(60)));
    pinfold("list");
    assertThat(mavenRuns()).isEqualTo(2);
  }

  @Test
  void twoFirstUsesAtOnceBuildOnce() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    Process first = start("first");
    Process second = start("second");
    Run one = finish(first);
    Run two = finish(second);
    assertThat(one.out()).contains("<first>");
    assertThat(two.out()).contains("<second>");
    assertThat(mavenRuns()).isEqualTo(1);
    assertThat(tree.resolve("modules/cli/target/launch/lock")).doesNotExist();
  }

  @Test
  void aLockWhoseOwnerIsGoneIsTakenOver() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    Process gone = new ProcessBuilder("/bin/sh", "-c", "exit").start();
    gone.waitFor();
    Path lock = Files.createDirectories(tree.resolve("modules/cli/target/launch/lock"));
    Files.writeString(lock.resolve("owner"), gone.pid() + "\n");
    assertThat(pinfold("list").code()).isEqualTo(7);
  }

  @Test
  void aBuildThatFailsShowsMavensErrorsAndIsTriedAgain() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    String working = Files.readString(bin.resolve("mvn"));
    script(bin.resolve("mvn"), "echo '[INFO] x'; echo '[ERROR] A.java:[1] not a statement'; exit 1");
    Run run = pinfold("list");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("[ERROR] A.java:[1] not a statement", "build.log").doesNotContain("[INFO]");
    Files.writeString(bin.resolve("mvn"), working);
    assertThat(pinfold("list").code()).isEqualTo(7);
  }

  @Test
  void argumentsAndExitCodePassUnchanged() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    Run run = pinfold("list", "two words", "", "--set", "a=*");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.out()).endsWith("<pinfold.cli.Pinfold><list><two words><><--set><a=*>\n");
  }

  @Test
  void theHeapMayGrowToMostOfTheFreeMemory() throws Exception {
    system("MemTotal: 16777216 kB\nMemFree: 100 kB\nMemAvailable: 10485760 kB\n", null);
    assertThat(pinfold("list").out()).contains("<-Xmx8192m>"); // 80 % of 10 GiB
  }

  @Test
  void aControlGroupsLimitBoundsTheHeap() throws Exception {
    system("MemAvailable: 10485760 kB\n", "0::/a.slice/b.scope\n");
    cgroup("a.slice/memory.max", "4294967296");
    cgroup("a.slice/b.scope/memory.max", "max");
    assertThat(pinfold("list").out()).contains("<-Xmx3276m>"); // 80 % of the 4096 MiB of the group around its own
    cgroup("a.slice/b.scope/memory.max", "1073741824");
    assertThat(pinfold("list").out()).contains("<-Xmx819m>");
  }

  @Test
  void soDoesOneOfTheFirstVersion() throws Exception {
    system("MemAvailable: 10485760 kB\n", "3:cpuset:/\n2:cpu,memory:/not/mounted/here\n0::/\n");
    cgroup("memory/memory.limit_in_bytes", "2147483648");
    assertThat(pinfold("list").out()).contains("<-Xmx1638m>");
    cgroup("memory/memory.limit_in_bytes", "9223372036854771712");
    assertThat(pinfold("list").out()).as("no limit").contains("<-Xmx8192m>");
  }

  @Test
  void whereTheSystemDoesNotSayWhatIsFreeJavaDecides() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    environment.put("PINFOLD_SYSTEM", temp.resolve("nothing").toString());
    assertThat(pinfold("list").out()).contains("<-XX:MaxRAMPercentage=70>").doesNotContain("-Xmx");
  }

  @Test
  void aHeapThatWasAskedForIsTaken() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    environment.put("PINFOLD_HEAP", "12g");
    assertThat(pinfold("list").out()).contains("<-Xmx12g>").doesNotContain("MaxRAMPercentage");
    for (String wrong : List.of("plenty", "12gb", "g", "-1")) {
      environment.put("PINFOLD_HEAP", wrong);
      assertThat(pinfold("list")).as(wrong).satisfies(run -> assertThat(run.code()).isEqualTo(2))
          .satisfies(run -> assertThat(run.err()).contains("PINFOLD_HEAP=" + wrong + " is not a size"));
    }
  }

  private void system(String meminfo, String cgroups) throws IOException {
    jdk("jvm/java-25", "25.0.3");
    Path self = Files.createDirectories(temp.resolve("system/proc/self"));
    Files.writeString(self.resolveSibling("meminfo"), meminfo);
    if (cgroups != null) {
      Files.writeString(self.resolve("cgroup"), cgroups);
    }
    environment.put("PINFOLD_SYSTEM", temp.resolve("system").toString());
  }

  private void cgroup(String file, String limit) throws IOException {
    Path path = temp.resolve("system/sys/fs/cgroup").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, limit + "\n");
  }

  @Test
  void rulesOfTheUsersComeAfterPinfoldsOwnClasses() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    environment.put("PINFOLD_CLASSPATH", "/my/rules.jar");
    assertThat(pinfold("list").out()).containsPattern("<-cp><[^>]*/pinfold-benchmarks-1.jar:/my/rules.jar>");
  }

  @Test
  void itWorksThroughASymbolicLink() throws Exception {
    jdk("jvm/java-25", "25.0.3");
    Files.createSymbolicLink(temp.resolve("link"), tree.resolve("pinfold"));
    Run run = finish(start(temp.resolve("link"), "list"));
    assertThat(run.out()).contains("<-Dpinfold.home=" + tree.toRealPath() + ">");
  }

  private int mavenRuns() throws IOException {
    return Files.readAllLines(tree.resolve("maven-runs")).size();
  }

  /** A JDK whose java prints its arguments and ends with 7. */
  private Path jdk(String name, String version) throws IOException {
    Path jdk = Files.createDirectories(temp.resolve(name));
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"Linux\"\n");
    script(jdk.resolve("bin/javac"), "exit 0");
    script(jdk.resolve("bin/java"), "printf 'java " + jdk.getFileName() + " '; printf '<%s>' \"$@\"; echo; exit 7");
    return jdk;
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Run pinfold(String... args) throws Exception {
    return finish(start(args));
  }

  private Process start(String... args) throws IOException {
    return start(tree.resolve("pinfold"), args);
  }

  private Process start(Path script, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Run finish(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes());
    String err = new String(process.getErrorStream().readAllBytes());
    return new Run(process.waitFor(), out, err);
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(directory.resolve("pinfold"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
