package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.examples.Expectation.Change;
import dev.millrace.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example gives what it promises, runs nothing twice, and after a change only what it must.
 */
class ExamplesTest {

  static List<String> examples() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of(""))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("expected.json")))
          .filter(folder -> Files.exists(folder.resolve("pipeline.json")))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void gives(String name, @TempDir Path directory) throws IOException, InterruptedException {
    if (name.equals("weather")) {
      assumeTrue(canRunPython(), "there is no python3 on the PATH, which weather's steps need");
    }
    if (name.equals("sklearn")) {
      DockerCommand.assumeImage("millrace/ml-python:bookworm", "docker/build ml-python");
    }
    copy(Path.of(name), directory.resolve(name));
    Expectation expected = Expectation.read(directory.resolve(name).resolve("expected.json"));

    FinishedRun first = run(directory, name, Map.of());
    assertEquals(expected.tasks(), first.tasks("run"), "tasks that ran at first");
    compare("at first", expected.outputs(), first, expected.tolerance());

    FinishedRun second = run(directory, name, Map.of());
    assertEquals(new TreeMap<>(), second.attempted(), "tasks attempted at the second run");
    assertEquals(expected.tasks(), second.tasks("cached"), "tasks taken from the cache");
    compare("from the cache", expected.outputs(), second, expected.tolerance());

    for (Change change : expected.changes()) {
      check(change, directory, name, expected.tolerance());
    }
  }

  private static void check(Change change, Path directory, String name, double tolerance)
      throws IOException, InterruptedException {
    for (Map.Entry<String, String> addition : change.append().entrySet()) {
      Path file = directory.resolve(name).resolve(addition.getKey());
      Files.writeString(file, addition.getValue(), StandardOpenOption.APPEND);
    }
    FinishedRun run = run(directory, name, change.params());
    assertEquals(change.ran(), run.attempted(), "tasks attempted after: " + change.name());
    compare("after: " + change.name(), change.outputs(), run, tolerance);
  }

  private static FinishedRun run(Path directory, String name, Map<String, String> params)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("run", name + "/pipeline.json", "--json"));
    params.forEach((param, value) -> arguments.addAll(List.of("--param", param + "=" + value)));
    CommandLine.Ended ended = new CommandLine(directory).call(arguments.toArray(String[]::new));
    assertEquals(0, ended.exitCode(), ended::toString);
    return new FinishedRun(ended.stdout());
  }

  private static void compare(String when, JsonObject outputs, FinishedRun run, double tolerance) {
    assertAll(
        outputs.members().entrySet().stream()
            .map(
                output ->
                    () -> {
                      List<String> differences =
                          Difference.between(
                              output.getValue(), run.output(output.getKey()), tolerance);
                      assertEquals(List.of(), differences, output.getKey() + " " + when);
                    }));
  }

  /** In CI nothing is skipped: there the example fails by itself, and says why. */
  private static boolean canRunPython() {
    return System.getenv("CI") != null
        || Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3")));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        if (!file.startsWith(from.resolve(".millrace"))) {
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
  }
}
