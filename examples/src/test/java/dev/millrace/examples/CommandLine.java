package dev.millrace.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The product's command line, each call in a JVM of its own. */
final class CommandLine {

  /** Longer than any example takes on a slow and busy machine. */
  private static final long PATIENCE_SECONDS = 600;

  /** What a call came to. */
  record Ended(int exitCode, String stdout, String stderr) {}

  private final Path directory;
  private final Map<String, String> environment;

  /** Calls it in this directory, which also takes the texts of the calls. */
  CommandLine(Path directory) {
    this(directory, Map.of());
  }

  /** Calls it in this directory, with these variables beside those of this process. */
  CommandLine(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = Map.copyOf(environment);
  }

  Ended call(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.millrace.cli.Main"));
    command.addAll(List.of(arguments));

    Path stdout = Files.createTempFile(directory, "call-", ".out");
    Path stderr = Files.createTempFile(directory, "call-", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "still running after " + PATIENCE_SECONDS + " s: " + String.join(" ", command));
      }
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
  }
}
