package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes write the same blobs at once, and all are killed in the middle. */
final class KilledWriterTest {
  private static final int ENOUGH = 400;

  @TempDir Path directory;

  /** Writes blobs until it is killed: the same ones in each process, in another order. */
  static final class Writer {
    private Writer() {}

    /** Takes the directory of the store and a seed. */
    public static void main(String[] args) throws IOException {
      Path directory = Path.of(args[0]);
      DiskContentStore store = DiskContentStore.open(directory);
      Random order = new Random(Long.parseLong(args[1]));
      Path output = directory.resolveSibling("output-" + args[1]);
      while (true) {
        byte[] content = content(order.nextInt(100_000));
        switch (order.nextInt(3)) {
          case 0 -> store.put(content);
          case 1 -> store.put(new ByteArrayInputStream(content));
          default -> store.adopt(Files.write(output, content));
        }
      }
    }
  }

  private static byte[] content(int seed) {
    Random random = new Random(seed);
    byte[] content = new byte[random.nextInt(seed % 50 == 0 ? 2_000_000 : 20_000)];
    random.nextBytes(content);
    return content;
  }

  @Test
  void leavesNoWrongBlob() throws Exception {
    Path root = directory.resolve("store");
    List<Process> writers = new ArrayList<>();
    try {
      for (int i = 1; i <= 2; i++) {
        writers.add(start(root, i));
      }
      DiskContentStore store = DiskContentStore.open(root);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (count(store) < ENOUGH) {
        assertTrue(System.nanoTime() < deadline, "the writers are too slow");
        for (Process writer : writers) {
          assertTrue(writer.isAlive(), this::log);
        }
      }
    } finally {
      for (Process writer : writers) {
        writer.destroyForcibly().waitFor();
      }
    }
    DiskContentStore store = DiskContentStore.open(root);
    List<Digest> wrong = new ArrayList<>();
    List<Digest> all = new ArrayList<>();
    store.forEach(blob -> all.add(blob.digest()));
    for (Digest digest : all) {
      if (!store.verify(digest)) {
        wrong.add(digest);
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static int count(DiskContentStore store) throws IOException {
    int[] count = new int[1];
    store.forEach(_ -> count[0]++);
    return count[0];
  }

  private Process start(Path root, int seed) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            root.toString(),
            Integer.toString(seed))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
