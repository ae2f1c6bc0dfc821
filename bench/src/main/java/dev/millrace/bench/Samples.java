package dev.millrace.bench;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What benchmarks work on: values as a run of an ordinary pipeline has them. */
final class Samples {
  private static final Instant THEN = Instant.ofEpochSecond(1_700_000_000L);

  private Samples() {}

  /** Returns the action of one task of many, with so many inputs. */
  static Action action(int number, int inputs) {
    SortedMap<String, Artifact> byPath = new TreeMap<>();
    for (int i = 0; i < inputs; i++) {
      byPath.put("inputs/part-" + i, Artifact.file(digest("input " + number + " " + i)));
    }
    return new Action(
        new Action.Command.Argv(
            List.of("python3", "inputs/code/train.py", "--depth", Integer.toString(number))),
        new TreeMap<>(Map.of("SEED", Integer.toString(number), "OMP_NUM_THREADS", "1")),
        new TreeMap<>(Map.of("executor", "local", "os", "linux", "arch", "amd64")),
        byPath,
        new TreeMap<>(
            Map.of(
                "model", new Action.OutputPath("model.bin", false),
                "metrics", new Action.OutputPath("metrics.json", false))),
        "");
  }

  /** Returns the result of one task of many. */
  static ActionResult result(int number) {
    return new ActionResult(
        new TreeMap<>(
            Map.of(
                "model", Artifact.file(digest("model " + number)),
                "metrics", Artifact.file(digest("metrics " + number)))),
        new TreeMap<>(Map.of("accuracy", 0.5 + number % 100 / 200.0, "loss", 1.0 / (1 + number))),
        0,
        digest("out " + number),
        Digest.EMPTY,
        new ActionResult.Producer("20260101-000000-abcdef", "train[depth=" + number + "]", 1, "w0"),
        THEN.plusMillis(number),
        new ResourceUsage(1500, 1400, 200L << 20));
  }

  static Digest digest(String content) {
    return Digest.of(content);
  }

  /** Removes a directory with all that is in it. */
  static void remove(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
