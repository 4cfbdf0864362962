package pinfold.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pinfold.cluster.state.StateClasses.Line;
import pinfold.engine.Entity;
import pinfold.kernel.Machine;

class StateClassesTest {
  /** Packages in which a class with fields is state unless it is named below. */
  private static final List<String> STATE_PACKAGES = List.of("pinfold.kernel.cpu", "pinfold.kernel.drain", "pinfold.kernel.folio",
      "pinfold.kernel.mm", "pinfold.kernel.node", "pinfold.kernel.zone");

  /** Parts of fixtures, tools, and what lives only while something is computed. */
  private static final Set<String> NO_STATE = Set.of("pinfold.kernel.mm.RmapSpace", "pinfold.kernel.mm.RmapSpace$Range",
      "pinfold.kernel.mm.RmapSpace$FileView", "pinfold.kernel.cpu.VmStart$Start", "pinfold.kernel.cpu.Frame$Signal",
      "pinfold.kernel.node.RemoteWork", "pinfold.kernel.node.BurstOp", "pinfold.kernel.node.GenLruVec$Scan",
      "pinfold.kernel.cpu.ScanCount$Balance", "pinfold.kernel.cpu.WorkerWakeUp", "pinfold.kernel.zone.CompactMessages$Work",
      "pinfold.kernel.node.FolioLog", "pinfold.kernel.node.FolioStep", "pinfold.kernel.node.NodeTrace", "pinfold.kernel.node.LruLockUse");

  @Test
  void everyClassThatEntitiesMayConsistOfHasANumber() throws Exception {
    Set<String> listed = StateClasses.lines().stream().map(line -> line.type().getName())
        .collect(Collectors.toCollection(TreeSet::new));
    List<String> missing = new ArrayList<>();
    for (Class<?> root : List.of(Entity.class, Machine.class)) {
      for (Class<?> type : classesBeside(root)) {
        boolean inPackage = STATE_PACKAGES.contains(type.getPackageName()) || Entity.class.isAssignableFrom(type);
        if (inPackage && isState(type) && !NO_STATE.contains(type.getName()) && !listed.contains(type.getName())) {
          missing.add(type.getName());
        }
      }
    }
    assertThat(missing).as("to be appended to " + StateClasses.RESOURCE + " with the next numbers, or named in this test")
        .isEmpty();
  }

  @Test
  void noNumberIsGivenTwiceAndTheyAreInOrder() {
    List<Integer> numbers = StateClasses.lines().stream().map(Line::number).toList();
    assertThat(numbers).doesNotHaveDuplicates().isSorted();
  }

  /** Some of the first ones: whoever renumbers makes saved states unreadable. */
  @Test
  void numbersStayWhatTheyWere() {
    Map<Integer, String> names = StateClasses.lines().stream()
        .collect(Collectors.toMap(Line::number, line -> line.type().getSimpleName()));
    assertThat(names).containsEntry(100, "Event").containsEntry(113, "Cpu").containsEntry(150, "Locking")
        .containsEntry(196, "PfnDeque[]");
  }

  private static boolean isState(Class<?> type) {
    if (type.isInterface() || Throwable.class.isAssignableFrom(type)
        || Modifier.isAbstract(type.getModifiers()) && !type.isEnum()) {
      return false;
    }
    if (type.getSuperclass().isEnum()
        || Stream.of(type.getInterfaces()).anyMatch(face -> face.getSimpleName().equals("TaskProgram"))) {
      return false;
    }
    for (Class<?> of = type; of != Object.class; of = of.getSuperclass()) {
      for (Field field : of.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<Class<?>> classesBeside(Class<?> root) throws IOException, URISyntaxException {
    Path place = Path.of(root.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return classesBelow(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
      return classesBelow(jar.getPath("/"));
    }
  }

  private static List<Class<?>> classesBelow(Path root) throws IOException {
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class") && !path.endsWith("package-info.class")).sorted()
          .toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        classes.add(Class.forName(name.substring(0, name.length() - ".class".length()), false,
            StateClassesTest.class.getClassLoader()));
      }
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
    return classes;
  }
}
