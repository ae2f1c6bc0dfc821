package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps in Java run where there is no other JDK than the one that runs Millrace. */
class JavaStepsTest {

  @Test
  void findJavaThoughItIsNotOnThePath(@TempDir Path directory)
      throws IOException, InterruptedException {
    Files.writeString(
        directory.resolve("pipeline.json"),
        """
        {"version": 1, "name": "java", "steps": {"ask": {"command": ["java", "--version"]}}}
        """);
    CommandLine millrace = new CommandLine(directory, Map.of("PATH", directory.toString()));
    CommandLine.Ended ended = millrace.call("run", "pipeline.json", "--json");
    assertEquals(0, ended.exitCode(), ended::toString);
  }
}
