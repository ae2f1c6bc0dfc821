package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting is part of the product: what only servers need is not loaded without one. */
class LocalStartTest {
  @TempDir private Path folder;

  @Test
  void withoutAServerNothingOfItsClientIsLoaded() throws IOException, InterruptedException {
    new Shell(folder).file("p.json", RunVerbTest.TWO_STEPS);
    new Shell(folder).file("in.txt", "hello\n");
    assertEquals(List.of(), serverClasses("run", "p.json"));
    assertEquals(List.of(), serverClasses("show"));
  }

  private List<String> serverClasses(String... words) throws IOException, InterruptedException {
    Path loaded = folder.resolve("loaded.txt");
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xlog:class+load:file=" + loaded,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()),
                Stream.of(words))
            .toList();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.txt").toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(folder.resolve("out.txt")));
    try (Stream<String> lines = Files.lines(loaded)) {
      return lines
          .filter(
              line ->
                  line.contains("io.vertx.")
                      || line.contains("io.netty.")
                      || line.contains("dev.millrace.client."))
          .toList();
    }
  }
}
