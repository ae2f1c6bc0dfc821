package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the scripts in {@code src/test/js} with the packages that their lock file names. */
final class NodeScripts {
  private static final Path SOURCES = Path.of("src", "test", "js");
  private static final Path INSTALLED = Path.of("target", "js");
  private static final int PATIENCE_SECONDS = 120;

  private NodeScripts() {}

  /** Installs the packages, or skips the test where there is no Node. */
  static void install() throws IOException, InterruptedException {
    assumeTrue(
        isThere("node") && isThere("npm"),
        "skipped: needs node and npm, in Debian the packages nodejs and npm");
    Files.createDirectories(INSTALLED);
    Path lock = SOURCES.resolve("package-lock.json");
    Path done = INSTALLED.resolve("installed");
    if (Files.exists(done) && Files.mismatch(done, lock) < 0) {
      copyScripts();
      return;
    }
    copyScripts();
    String output = run(List.of("npm", "ci", "--ignore-scripts"));
    assertTrue(Files.isDirectory(INSTALLED.resolve("node_modules")), output);
    Files.writeString(done, Files.readString(lock));
  }

  private static void copyScripts() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        Files.write(INSTALLED.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }

  private static boolean isThere(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /** Runs a script to its end and returns what it has written; it must not fail. */
  static String node(Path script, String... arguments) throws IOException, InterruptedException {
    return run(Stream.concat(Stream.of("node", script.toString()), Stream.of(arguments)).toList());
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    return run(command, Map.of());
  }

  /** Runs a command beside the packages, with more in its environment. */
  static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("script", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(INSTALLED.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(
          process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS),
          () -> command + " does not end: " + text(output));
      assertEquals(0, process.exitValue(), () -> command + ": " + text(output));
      return text(output);
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(output);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
