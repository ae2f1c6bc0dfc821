package dev.millrace.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.content.TinyDisk;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes whose store, or whose own directory, is on a disk without room. */
final class SandboxOnFullDiskTest {
  private static final SortedMap<String, Artifact> NO_INPUTS = new TreeMap<>();

  @TempDir Path directory;
  private TinyDisk disk;

  @BeforeEach
  void mount() throws Exception {
    disk = TinyDisk.mount(directory.resolve("disk"));
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[100_000];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static SortedMap<String, OutputPath> outputs(String... names) {
    SortedMap<String, OutputPath> outputs = new TreeMap<>();
    for (String name : names) {
      outputs.put(name, new OutputPath(name, false));
    }
    return outputs;
  }

  private static Artifact output(Collected collected, String name) {
    Collected.Outputs outputs = assertInstanceOf(Collected.Outputs.class, collected);
    return Objects.requireNonNull(outputs.byName().get(name), name);
  }

  /** Calls until the disk has been freed often enough. */
  private Collected collectWithInterruptions(Sandbox sandbox) throws IOException {
    int room = 1;
    for (int tries = 0; tries < 100; tries++) {
      disk.fill(room);
      try {
        return sandbox.collect();
      } catch (StorageUnavailableException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("free space on "), e.getMessage());
        room += 50_000;
        disk.free();
      }
    }
    throw new AssertionError("never collected");
  }

  @Test
  void outputsThatWaitedForRoomAreComplete() throws Exception {
    DiskContentStore store = DiskContentStore.open(disk.directory().resolve("store"));
    Trees trees = new Trees(store);
    try (SandboxRoot root = SandboxRoot.open(directory.resolve("sb"), trees)) {
      Sandbox sandbox = root.create("1", NO_INPUTS, outputs("a", "dir", "z"));
      Path work = sandbox.workingDirectory();
      Files.write(work.resolve("a"), content(1));
      Files.createDirectories(work.resolve("dir/sub/deep"));
      for (int i = 2; i < 6; i++) {
        Files.write(work.resolve("dir/" + (i % 2 == 0 ? "sub/" : "") + i), content(i));
      }
      Files.createSymbolicLink(work.resolve("dir/link"), Path.of("sub/2"));
      Files.write(work.resolve("z"), content(6));
      Artifact expected =
          new Trees(DiskContentStore.open(directory.resolve("roomy")))
              .putDirectory(work.resolve("dir"), "dir");

      Collected collected = collectWithInterruptions(sandbox);

      disk.free();
      assertEquals(Digest.of(content(1)), output(collected, "a").digest());
      assertEquals(Digest.of(content(6)), output(collected, "z").digest());
      assertEquals(expected, output(collected, "dir"));
      Collected again = sandbox.collect();
      assertEquals(expected, output(again, "dir"));
      for (Artifact artifact : assertInstanceOf(Collected.Outputs.class, again).byName().values()) {
        trees.export(artifact, directory.resolve("exported-" + artifact.digest().abbreviated()));
      }
    }
  }

  @Test
  void textsThatWaitedForRoomAreComplete() throws Exception {
    DiskContentStore store = DiskContentStore.open(disk.directory().resolve("store"));
    try (SandboxRoot root = SandboxRoot.open(directory.resolve("sb"), new Trees(store))) {
      Sandbox sandbox = root.create("1", NO_INPUTS, new TreeMap<>());
      Files.write(sandbox.stdout(), content(1));
      Files.write(sandbox.stderr(), content(2));
      disk.fill(150_000);

      Digest stdout = sandbox.takeLog(sandbox.stdout());
      assertThrows(StorageUnavailableException.class, () -> sandbox.takeLog(sandbox.stderr()));
      assertEquals(stdout, sandbox.takeLog(sandbox.stdout()));
      disk.free();

      assertEquals(Digest.of(content(1)), stdout);
      assertEquals(Digest.of(content(2)), sandbox.takeLog(sandbox.stderr()));
      assertEquals(stdout, sandbox.takeLog(sandbox.stdout()));
    }
  }

  @Test
  void aStoreBesideTheSandboxTakesOutputsOverWithoutRoom() throws Exception {
    Trees trees = new Trees(DiskContentStore.open(disk.directory().resolve("store")));
    try (SandboxRoot root = SandboxRoot.open(disk.directory().resolve("sb"), trees)) {
      Sandbox sandbox = root.create("1", NO_INPUTS, outputs("a"));
      Files.write(sandbox.workingDirectory().resolve("a"), content(1));
      disk.fill();

      assertEquals(Digest.of(content(1)), output(sandbox.collect(), "a").digest());
    }
  }

  @Test
  void aSandboxThatDoesNotFitIsMadeLater() throws Exception {
    DiskContentStore store = DiskContentStore.open(directory.resolve("store"));
    Artifact large = Artifact.file(store.put(content(1)));
    Artifact small = Artifact.file(store.put(new byte[] {1}));
    SortedMap<String, Artifact> inputs =
        new TreeMap<>(Map.of("inputs/a", small, "inputs/b", large));
    try (SandboxRoot root = SandboxRoot.open(disk.directory().resolve("sb"), new Trees(store))) {
      root.create("1", inputs, outputs("out/a")).remove();
      root.workspaces().awaitEmptied();
      disk.fill(20_000);

      for (int i = 0; i < 3; i++) {
        StorageUnavailableException failure =
            assertThrows(
                StorageUnavailableException.class, () -> root.create("1", inputs, outputs("o/a")));
        assertTrue(
            String.valueOf(failure.getMessage()).contains("free space on "), failure.getMessage());
      }

      disk.free();
      Sandbox sandbox = root.create("1", inputs, outputs("o/a"));
      Path placed = sandbox.workingDirectory().resolve("inputs/b");
      assertEquals(large.digest(), Digest.of(Files.readAllBytes(placed)));
    }
  }
}
