package dev.millrace.bench;

import dev.millrace.content.DiskContentStore;
import dev.millrace.content.FileHashMemory;
import dev.millrace.content.LocalSource;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;

/**
 * How fast content gets into a store: the first time in this process, with all that has to be
 * loaded for it, but without the start of the virtual machine.
 *
 * <p>Arguments: {@code put FILE STORE} stores a copy of a file, {@code adopt FILE STORE} takes it
 * over, {@code snapshot DIRECTORY STORE} stores a user's directory. Prints seconds, and MB/s or
 * files/s.
 */
public final class StoreIntake {
  private StoreIntake() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    Path source = Path.of(args[1]);
    Path directory = Path.of(args[2]);
    long bytes = Files.isRegularFile(source) ? Files.size(source) : 0;
    DiskContentStore store = DiskContentStore.open(directory);
    long start = System.nanoTime();
    switch (args[0]) {
      case "put" -> store.putFile(source);
      case "adopt" -> store.adopt(source);
      case "snapshot" -> snapshot(store, source);
      default -> throw new IllegalArgumentException("put, adopt or snapshot, not " + args[0]);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (bytes > 0) {
      System.out.printf("%.3f s, %.0f MB/s%n", seconds, bytes / seconds / 1e6);
    } else {
      System.out.printf("%.3f s, %.0f files/s%n", seconds, count(source) / seconds);
    }
  }

  private static void snapshot(DiskContentStore store, Path source) throws IOException {
    Path memory = source.resolveSibling("no-memory");
    FileHashMemory hashes = new FileHashMemory(memory, InstantSource.system());
    new LocalSource(new Trees(store), hashes).snapshot(source, "source");
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).count();
    }
  }
}
