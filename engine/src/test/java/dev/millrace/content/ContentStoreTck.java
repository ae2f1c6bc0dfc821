package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ContentStore} must do. */
public abstract class ContentStoreTck {
  /** Sizes around the buffers and thresholds that stores have. */
  private static final int[] SIZES = {1, 2, 65_535, 65_536, 65_537, 1 << 20, 3_000_001};

  @TempDir protected Path directory;

  private ContentStore store;

  /** Opens a store that keeps what it keeps under that directory. */
  protected abstract ContentStore open(Path directory) throws IOException;

  /** Changes the bytes of a stored blob, but not their number. */
  protected abstract void damage(ContentStore store, Digest digest) throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    store = open(directory.resolve("store"));
  }

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  @Test
  void namesWhatItStoresByItsHash() throws IOException {
    for (int size : SIZES) {
      byte[] content = bytes(size, size);
      Digest digest = Digest.of(content);

      assertEquals(digest, store.put(content));
      assertEquals(digest, store.put(new ByteArrayInputStream(content)));
      assertEquals(digest, store.putFile(file("f" + size, content)));
      assertTrue(store.contains(digest));
      assertArrayEquals(content, store.read(digest));
      try (InputStream in = store.open(digest)) {
        assertArrayEquals(content, in.readAllBytes());
      }
    }
  }

  @Test
  void putFileLeavesTheFileAsItIs() throws IOException {
    Path file = file("mine", text("mine"));

    Digest digest = store.putFile(file);
    Files.writeString(file, "changed");

    assertArrayEquals(text("mine"), store.read(digest));
  }

  private static final class Broken extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("cut");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return read();
    }
  }

  @Test
  void aWriteThatFailsLeavesNothing() {
    byte[] content = bytes(200_000, 1);
    InputStream broken =
        new SequenceInputStream(new ByteArrayInputStream(content, 0, 150_000), new Broken());

    assertThrows(IOException.class, () -> store.put(broken));
    assertMissing(Digest.of(content));
  }

  @Test
  void aSecondWriterSucceeds() throws IOException {
    Digest first = store.put(text("twice"));

    assertEquals(first, store.put(text("twice")));
    assertEquals(first, store.adopt(file("twice", text("twice"))));
    assertArrayEquals(text("twice"), store.read(first));
  }

  @Test
  void theEmptyBlobIsAlwaysThere() throws IOException {
    assertTrue(store.contains(Digest.EMPTY));
    assertEquals(Set.of(), store.missing(List.of(Digest.EMPTY)));
    assertEquals(0, store.read(Digest.EMPTY).length);
    assertEquals(Digest.EMPTY, store.put(new byte[0]));
    Path adopted = file("empty", new byte[0]);
    assertEquals(Digest.EMPTY, store.adopt(adopted));
    assertFalse(Files.exists(adopted));
    store.place(Digest.EMPTY, directory.resolve("placed"), false);
    assertEquals(0, Files.size(directory.resolve("placed")));
    store.export(Digest.EMPTY, directory.resolve("exported"), false);
    assertEquals(0, Files.size(directory.resolve("exported")));
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Digest there = store.put(text("there"));
    Digest absent = Digest.of("absent");

    assertEquals(Set.of(absent), store.missing(List.of(there, absent, Digest.EMPTY)));
    assertMissing(absent);
    Digest otherSize = new Digest(there.word0(), there.word1(), there.word2(), there.word3(), 4);
    assertMissing(otherSize);
  }

  private void assertMissing(Digest digest) {
    Path target = directory.resolve("never");
    assertFalse(call(() -> store.contains(digest)));
    assertEquals(
        digest, assertThrows(MissingBlobException.class, () -> store.read(digest)).digest());
    assertThrows(MissingBlobException.class, () -> readStream(digest));
    assertThrows(MissingBlobException.class, () -> store.place(digest, target, false));
    assertThrows(MissingBlobException.class, () -> store.export(digest, target, false));
    assertFalse(Files.exists(target));
  }

  private interface Question {
    boolean ask() throws IOException;
  }

  private static boolean call(Question question) {
    try {
      return question.ask();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void readStream(Digest digest) throws IOException {
    try (InputStream in = store.open(digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  @Test
  void takesAFileOver() throws IOException {
    for (int size : SIZES) {
      byte[] content = bytes(size, size);
      Path file = file("output", content);

      Digest digest = store.adopt(file);

      assertEquals(Digest.of(content), digest);
      assertFalse(Files.exists(file));
      assertArrayEquals(content, store.read(digest));
    }
  }

  @Test
  void aFileThatWasTakenOverIsNotSharedWithItsOtherName() throws IOException {
    Path file = file("output", text("first"));
    Path other = Files.createLink(directory.resolve("other"), file);

    Digest digest = store.adopt(file);
    Files.writeString(other, "wrong");

    assertArrayEquals(text("first"), store.read(digest));
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "open", "place", "export"})
  void aDamagedBlobIsNeverHandedOut(String way) throws IOException {
    for (int size : SIZES) {
      byte[] content = bytes(size, size);
      Digest digest = store.put(content);
      damage(store, digest);

      Path target = directory.resolve("target");
      assertThrows(
          MissingBlobException.class,
          () -> {
            switch (way) {
              case "read" -> store.read(digest);
              case "open" -> readStream(digest);
              case "place" -> store.place(digest, target, false);
              default -> store.export(digest, target, false);
            }
          });
      assertMissing(digest);

      assertEquals(digest, store.put(content));
      assertArrayEquals(content, store.read(digest));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void placesReadOnlyFiles(boolean executable) throws IOException {
    for (int size : SIZES) {
      byte[] content = bytes(size, size);
      Path target = directory.resolve("placed" + size);

      store.place(store.put(content), target, executable);

      assertArrayEquals(content, Files.readAllBytes(target));
      FileStamp stamp = FileStamp.of(target);
      assertEquals(0, stamp.mode() & 0222, "nobody may write it");
      assertEquals(executable, stamp.isExecutable());
    }
  }

  @Test
  void writingIntoAPlacedFileDoesNotChangeTheStore() throws IOException {
    for (int size : SIZES) {
      byte[] content = bytes(size, size);
      Digest digest = store.put(content);
      for (int round = 0; round < 3; round++) {
        Path target = directory.resolve("placed-" + size + "-" + round);
        store.place(digest, target, false);
        assertTrue(target.toFile().setWritable(true));
        Files.write(target, text("overwritten by a step"));
        assertArrayEquals(content, store.read(digest));
      }
    }
  }

  @Test
  void placingOnAFileThatIsThereFails() throws IOException {
    Digest digest = store.put(text("new"));
    Path target = file("there", text("old"));

    assertThrows(IOException.class, () -> store.place(digest, target, false));
    assertEquals("old", Files.readString(target));
  }

  @Test
  void exportsFilesThatTheirOwnerMayChange() throws IOException {
    Digest digest = store.put(text("new"));
    Path target = file("there", text("old"));

    store.export(digest, target, true);
    assertEquals("new", Files.readString(target));
    assertTrue(FileStamp.of(target).isExecutable());
    Files.writeString(target, "changed");

    assertArrayEquals(text("new"), store.read(digest));
  }

  @Test
  void servesManyThreads() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int thread = t;
        all.add(threads.submit(() -> writeAndRead(thread)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private @Nullable Void writeAndRead(int thread) throws IOException {
    for (int i = 0; i < 100; i++) {
      byte[] content = bytes(1000 + i, i);
      Digest digest = i % 2 == 0 ? store.put(content) : adoptOwn(thread, content);
      assertArrayEquals(content, store.read(digest));
      store.place(digest, directory.resolve("t" + thread + "-" + i), false);
    }
    return null;
  }

  private Digest adoptOwn(int thread, byte[] content) throws IOException {
    return store.adopt(file("adopt-" + thread, content));
  }
}
