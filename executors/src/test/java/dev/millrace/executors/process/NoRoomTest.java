package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.executor.OutcomeRecorder;
import dev.millrace.executor.TaskExecutor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an engine does when the system lets it have no further process, thread or open file. */
@Timeout(120)
class NoRoomTest {
  private static final String USER = "54321";

  private final String token = "1000." + Math.abs(System.nanoTime());
  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void openFolderToAll() throws IOException {
    assumeTrue(PosixSpawnLauncher.isAvailable(), "the launcher needs Linux and the GNU C library");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Test
  void withoutFileDescriptorsNothingStartsAndNothingIsLeft() throws Exception {
    List<String> notes = engine("ulimit -n 100 && exec \"$@\"", List.of("files", token));
    assertEquals(
        List.of("NoRoom", "NoRoom", "Exited 3", "not ended", "Exited 4"),
        notes,
        "before the first attempt, and when one has left a process");
    assertEquals(0, running());
  }

  @Test
  void withoutProcessesTheSameRequestStartsLater() throws Exception {
    String script = "exec \"$@\"";
    if ("root".equals(System.getProperty("user.name"))) {
      script = "exec setpriv --reuid " + USER + " --clear-groups \"$@\"";
      assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "the limit does not hold for root");
    }
    assertEquals(
        List.of("NoRoom", "NoRoom", "Exited 3", "NoRoom", "NoRoom", "Exited 4"),
        engine(script, List.of("processes")),
        "before the first attempt, and later");
  }

  @Test
  void anIgnoredChildSignalCostsNoExitCode() throws Exception {
    assertEquals(List.of("Exited 7"), engine("trap '' CHLD; exec \"$@\"", List.of("nothing")));
  }

  /** Runs {@link CrampedEngine} as the script's arguments; returns what it noted. */
  private List<String> engine(String script, List<String> lacking) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classes()));
    command.addAll(List.of(CrampedEngine.class.getName(), lacking.getFirst(), folder.toString()));
    command.addAll(lacking.subList(1, lacking.size()));
    Path output = folder.resolve("output");
    Process engine =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, engine.waitFor(), () -> "it said: " + text(output));
    return Files.readAllLines(folder.resolve(CrampedEngine.NOTES));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private long running() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                Arrays.asList(process.info().arguments().orElse(new String[0])).contains(token))
        .count();
  }

  /**
   * Returns a class path that every user may read, of jars, which take no descriptor for each
   * class.
   */
  private String classes() throws IOException, URISyntaxException {
    Set<Path> places = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(
            CrampedEngine.class,
            ProcessTaskExecutor.class,
            TaskExecutor.class,
            OutcomeRecorder.class)) {
      places.add(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()));
    }
    List<String> jars = new ArrayList<>();
    for (Path place : places) {
      Path jar = folder.resolve(jars.size() + ".jar");
      if (Files.isDirectory(place)) {
        pack(place, jar);
      } else {
        Files.copy(place, jar);
      }
      jars.add(jar.toString());
    }
    return String.join(":", jars);
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> classes = Files.walk(folder)) {
      for (Path each : classes.filter(path -> path.toString().endsWith(".class")).toList()) {
        out.putNextEntry(new ZipEntry(folder.relativize(each).toString()));
        Files.copy(each, out);
        out.closeEntry();
      }
    }
  }
}
