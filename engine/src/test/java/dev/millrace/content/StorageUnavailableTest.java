package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to content when a disk is full, read-only or gone, on real file systems. */
@Isolated("mounts file systems")
final class StorageUnavailableTest {
  private static final byte[] CONTENT = content(300_000);

  @TempDir Path directory;
  private TinyDisk disk;
  private DiskContentStore store;
  private Trees trees;

  @BeforeEach
  void mount() throws Exception {
    disk = TinyDisk.mount(directory.resolve("disk"));
    store = DiskContentStore.open(disk.directory().resolve("store"));
    trees = new Trees(store);
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }

  /** The ways into the store. */
  enum Way {
    BYTES,
    SMALL_BYTES,
    STREAM,
    FILE,
    ADOPTION,
    DIRECTORY,
    SNAPSHOT;

    private Digest go(StorageUnavailableTest test) throws IOException {
      Path folder = Files.createDirectories(test.directory.resolve("folder"));
      Path file = Files.write(folder.resolve("f"), CONTENT);
      return switch (this) {
        case BYTES -> test.store.put(CONTENT);
        case SMALL_BYTES -> test.store.put(content(5));
        case STREAM -> test.store.put(new ByteArrayInputStream(CONTENT));
        case FILE -> test.store.putFile(file);
        case ADOPTION -> test.store.adopt(file);
        case DIRECTORY -> test.trees.putDirectory(folder, "folder").digest();
        case SNAPSHOT -> {
          Path memory = test.directory.resolve("memory");
          FileHashMemory hashes = new FileHashMemory(memory, InstantSource.system());
          yield new LocalSource(test.trees, hashes).snapshot(folder, "folder").digest();
        }
      };
    }
  }

  private void assertNothingHalfWritten() throws IOException {
    try (Stream<Path> files = Files.list(disk.directory().resolve("store/tmp"))) {
      assertEquals(List.of(), files.toList());
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aFullDiskTakesNothingAndThenAll(Way way) throws IOException {
    disk.fill();

    StorageUnavailableException failure =
        assertThrows(StorageUnavailableException.class, () -> way.go(this));

    assertTrue(
        String.valueOf(failure.getMessage()).contains("free space on "), failure.getMessage());
    assertTrue(
        String.valueOf(failure.getMessage()).contains(disk.directory().toString()),
        failure.getMessage());
    assertTrue(
        String.valueOf(failure.getMessage()).endsWith("; the run goes on by itself"),
        failure.getMessage());
    assertEquals(disk.directory().resolve("store"), failure.directory());
    assertNothingHalfWritten();
    disk.free();
    Digest digest = way.go(this);
    assertTrue(store.verify(digest));
    assertNothingHalfWritten();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aDiskThatFillsUpTakesNothingAndThenAll(Way way) throws IOException {
    disk.fill(way == Way.SMALL_BYTES ? 0 : 100_000);

    assertThrows(StorageUnavailableException.class, () -> way.go(this));

    assertNothingHalfWritten();
    disk.free();
    assertTrue(store.verify(way.go(this)));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aReadOnlyDiskTakesNothingAndThenAll(Way way) throws Exception {
    disk.setReadOnly(true);

    StorageUnavailableException failure =
        assertThrows(StorageUnavailableException.class, () -> way.go(this));

    assertTrue(
        String.valueOf(failure.getMessage()).contains("writable again"), failure.getMessage());
    disk.setReadOnly(false);
    assertTrue(store.verify(way.go(this)));
  }

  @Test
  void aReadOnlyStoreIsReadAndItsDamagedBlobsAreMissing() throws Exception {
    Digest good = store.put(CONTENT);
    Digest bad = store.put(content(1000));
    String hex = bad.hex();
    Path blob =
        disk.directory().resolve("store/blobs/" + hex.substring(0, 2) + "/" + hex.substring(2));
    assertTrue(blob.toFile().setWritable(true));
    Files.write(blob, content(999));
    disk.setReadOnly(true);

    DiskContentStore opened = DiskContentStore.open(disk.directory().resolve("store"));

    assertArrayEquals(CONTENT, opened.read(good));
    assertEquals(good, opened.put(CONTENT));
    assertThrows(MissingBlobException.class, () -> opened.read(bad));
    assertThrows(
        StorageUnavailableException.class,
        () -> DiskContentStore.open(disk.directory().resolve("another")));
  }

  @Test
  void aStoreThatIsGoneIsUnavailable() throws Exception {
    Digest digest = store.put(CONTENT);
    disk.close();

    StorageUnavailableException failure =
        assertThrows(StorageUnavailableException.class, () -> store.put(content(10)));

    assertTrue(
        String.valueOf(failure.getMessage()).contains("bring it back"), failure.getMessage());
    assertFalse(store.contains(digest));
    assertThrows(MissingBlobException.class, () -> store.read(digest));
  }

  @Test
  void nothingIsLeftOfWhatDoesNotFitWhereItIsPlaced() throws IOException {
    DiskContentStore roomy = DiskContentStore.open(directory.resolve("roomy"));
    Trees source = new Trees(roomy);
    Path folder = Files.createDirectories(directory.resolve("folder/sub"));
    Files.write(folder.resolve("f"), CONTENT);
    Files.write(folder.resolveSibling("g"), content(70_000));
    Artifact file = Artifact.file(roomy.put(CONTENT));
    Artifact tree = source.putDirectory(Objects.requireNonNull(folder.getParent()), "folder");
    Path target = disk.directory().resolve("target");
    disk.fill(200_000);

    for (Artifact artifact : List.of(file, tree)) {
      StorageUnavailableException failure =
          assertThrows(StorageUnavailableException.class, () -> source.place(artifact, target));
      assertTrue(failure.directory().startsWith(disk.directory()), failure.getMessage());
      assertThrows(StorageUnavailableException.class, () -> source.export(artifact, target));
      try (Stream<Path> left = Files.list(disk.directory())) {
        assertEquals(2, left.count(), "store and filler");
      }
    }

    disk.free();
    source.place(tree, target);
    assertEquals(tree, source.putDirectory(target, "placed"));
  }

  @Test
  void filesOfTheUserAreNotBlamedOnTheStore() {
    Path gone = directory.resolve("gone");
    assertThrows(NoSuchFileException.class, () -> store.putFile(gone));
    assertThrows(NoSuchFileException.class, () -> store.adopt(gone));
    LocalSource source =
        new LocalSource(trees, new FileHashMemory(directory.resolve("m"), InstantSource.system()));
    assertThrows(RefusedContentException.class, () -> source.snapshot(gone, "gone"));
  }

  /** Stores content with all descriptors in use, then with one free. */
  static final class OutOfDescriptors {
    private OutOfDescriptors() {}

    /** Takes the directory of a store; exits with 0 if all is as it should be. */
    public static void main(String[] args) throws IOException {
      DiskContentStore store = DiskContentStore.open(Path.of(args[0]));
      Digest warm = store.put(content(100_000));
      // Classes cannot be loaded from a directory without a descriptor.
      store.put(content(100_000));
      store.read(warm);
      StorageUnavailableException.blame(Path.of("/"), new IOException("loads classes"));
      String expected = tryToStore(store);
      List<FileChannel> all = new ArrayList<>();
      String seen;
      try {
        while (true) {
          all.add(FileChannel.open(Path.of("/dev/null")));
        }
      } catch (IOException e) {
        seen = tryToStore(store) + tryToRead(store, warm);
      }
      for (FileChannel channel : all) {
        channel.close();
      }
      System.out.println(expected + seen + tryToStore(store));
    }

    private static String tryToStore(DiskContentStore store) throws IOException {
      try {
        store.put(content(200_000));
        return "stored ";
      } catch (StorageUnavailableException e) {
        return String.valueOf(e.getMessage()).contains("ulimit -n")
            ? "unavailable "
            : String.valueOf(e.getMessage());
      }
    }

    private static String tryToRead(DiskContentStore store, Digest digest) throws IOException {
      try {
        store.read(digest);
        return "read ";
      } catch (StorageUnavailableException e) {
        return "unreadable ";
      }
    }
  }

  @Test
  void tooFewDescriptorsAreToldAndWaitedFor() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 200; exec \"$@\"",
                "sh",
                java,
                "-cp",
                System.getProperty("java.class.path"),
                OutOfDescriptors.class.getName(),
                directory.resolve("many").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals("stored unavailable unreadable stored", Files.readString(log).strip());
  }
}
