package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code docker} command, and the tests' conditions on what it finds. */
final class DockerCommand {

  /** Longer than an image takes whose packages have to be fetched, on a slow and busy machine. */
  private static final long PATIENCE_SECONDS = 600;

  private DockerCommand() {}

  /** Skips the test where no Docker Engine answers. */
  static void assumeEngine() throws IOException, InterruptedException {
    assumeTrue(
        Ended.of(List.of("docker", "version"), Map.of()).exitCode() == 0,
        "no Docker Engine answers to `docker version`");
  }

  /** Skips the test where no Docker Engine answers, or it has not that image. */
  static void assumeImage(String image, String madeBy) throws IOException, InterruptedException {
    assumeEngine();
    assumeTrue(
        Ended.of(List.of("docker", "image", "inspect", image), Map.of()).exitCode() == 0,
        "the Docker Engine has no image " + image + ", which " + madeBy + " makes");
  }

  /** Runs {@code docker} with those arguments, expects it to succeed, and returns its stdout. */
  static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList();
    Ended ended = Ended.of(command, Map.of());
    assertEquals(0, ended.exitCode(), () -> String.join(" ", command) + "\n" + ended.output());
    return ended.output().strip();
  }

  /**
   * What a command came to.
   *
   * @param exitCode 127 where there is no such command
   * @param output stdout; with stderr where it failed
   */
  record Ended(int exitCode, String output) {

    static Ended of(List<String> command, Map<String, String> environment)
        throws IOException, InterruptedException {
      Path stdout = Files.createTempFile("command-", ".out");
      Path stderr = Files.createTempFile("command-", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().putAll(environment);
        int exitCode = exitCode(builder);
        String output = Files.readString(stdout);
        return new Ended(exitCode, exitCode == 0 ? output : output + Files.readString(stderr));
      } finally {
        Files.delete(stdout);
        Files.delete(stderr);
      }
    }

    private static int exitCode(ProcessBuilder builder) throws InterruptedException {
      Process process;
      try {
        process = builder.start();
      } catch (IOException _) {
        return 127;
      }
      try {
        process.getOutputStream().close();
      } catch (IOException _) {
        // It has ended already: nothing was to be written.
      }
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException(
              "still running after " + PATIENCE_SECONDS + " s: " + builder.command());
        }
        return process.exitValue();
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
