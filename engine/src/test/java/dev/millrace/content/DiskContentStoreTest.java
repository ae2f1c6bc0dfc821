package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.BlobInventory.StoredBlob;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DiskContentStoreTest extends ContentStoreTck {

  @Override
  protected ContentStore open(Path directory) throws IOException {
    return DiskContentStore.open(directory);
  }

  @Override
  protected void damage(ContentStore store, Digest digest) throws IOException {
    Path blob = blob(digest);
    byte[] content = Files.readAllBytes(blob);
    content[content.length / 2] ^= 1;
    assertTrue(blob.toFile().setWritable(true));
    Files.write(blob, content);
    Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minusSeconds(5)));
  }

  private Path blob(Digest digest) {
    String hex = digest.hex();
    return directory.resolve("store/blobs/" + hex.substring(0, 2) + "/" + hex.substring(2));
  }

  private DiskContentStore disk() throws IOException {
    return DiskContentStore.open(directory.resolve("store"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<Path> list(String sub) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("store").resolve(sub))) {
      return files.toList();
    }
  }

  @Test
  void keepsBlobsBeyondTheProcess() throws IOException {
    Digest digest = disk().put(text("kept"));

    assertArrayEquals(text("kept"), disk().read(digest));
    assertEquals(0, FileStamp.of(blob(digest)).mode() & 0222);
  }

  @Test
  void aBlobThatAPowerCutMadeShortIsMissing() throws IOException {
    DiskContentStore store = disk();
    Digest digest = store.put(text("complete"));
    assertTrue(blob(digest).toFile().setWritable(true));
    Files.write(blob(digest), text("comp"));

    assertFalse(store.contains(digest));
    assertEquals(digest, store.put(text("complete")));
    assertArrayEquals(text("complete"), store.read(digest));
  }

  @Test
  void aFileThatWasTakenOverKeepsNoOldTime() throws IOException {
    DiskContentStore store = disk();
    Path file = Files.write(directory.resolve("old"), text("unpacked from an archive"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));

    Digest digest = store.adopt(file);

    assertFalse(store.delete(digest, Instant.now().minus(Duration.ofDays(1))));
  }

  @Test
  void aLinkIsNotTakenOver() throws IOException {
    Path secret = Files.write(directory.resolve("secret"), text("secret"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), secret);

    assertThrows(IOException.class, () -> disk().adopt(link));
    assertEquals("secret", Files.readString(secret));
  }

  @Test
  void removesWhatDeadWritersLeft() throws IOException {
    DiskContentStore first = disk();
    Path tmp = directory.resolve("store/tmp");
    Path orphan = Files.write(tmp.resolve("999999999-abc-1"), text("half"));
    Path fresh = Files.write(tmp.resolve("999999999-abc-2"), text("half"));
    Path own = Files.write(tmp.resolve(ProcessHandle.current().pid() + "-abc-3"), text("half"));
    Path stale = Files.write(tmp.resolve(ProcessHandle.current().pid() + "-abc-4"), text("half"));
    Files.setLastModifiedTime(orphan, FileTime.from(Instant.now().minusSeconds(3600)));
    Files.setLastModifiedTime(own, FileTime.from(Instant.now().minusSeconds(3600)));
    Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minusSeconds(200_000)));

    disk();

    assertFalse(Files.exists(orphan));
    assertTrue(Files.exists(fresh), "its writer may be in another container");
    assertTrue(Files.exists(own));
    assertFalse(Files.exists(stale));
    assertTrue(first.contains(first.put(text("still works"))));
  }

  @Test
  void leavesNoTemporaryFiles() throws IOException {
    DiskContentStore store = disk();
    byte[] large = new byte[300_000];
    store.put(large);
    store.put(large);
    try (InputStream in = Files.newInputStream(Files.write(directory.resolve("l"), large))) {
      store.put(in);
    }
    store.adopt(Files.write(directory.resolve("l"), large));

    assertEquals(List.of(), list("tmp"));
  }

  @Test
  void damagedBlobsAreKeptAside() throws IOException {
    DiskContentStore store = disk();
    Digest digest = store.put(text("right"));
    damage(store, digest);

    assertThrows(MissingBlobException.class, () -> store.read(digest));
    assertEquals(1, list("quarantine").size());
  }

  @Test
  void aWriterMendsADamagedBlob() throws IOException {
    DiskContentStore store = disk();
    Digest digest = store.put(text("right"));
    damage(store, digest);
    store.put(text("right"));
    assertArrayEquals(text("right"), store.read(digest));

    damage(store, digest);
    Path made = Files.write(directory.resolve("made"), text("right"));
    store.adopt(made);
    assertArrayEquals(text("right"), store.read(digest));
  }

  @Test
  void readsALargeBlobInPieces() throws IOException {
    DiskContentStore store = disk();
    byte[] content = new byte[1_500_000];
    Arrays.fill(content, (byte) 7);
    Digest digest = store.put(content);

    try (InputStream in = store.open(digest)) {
      assertEquals(7, in.read());
      assertEquals(content.length - 1, in.transferTo(OutputStream.nullOutputStream()));
      assertEquals(-1, in.read());
    }
  }

  @Test
  void listsVerifiesAndDeletesBlobs() throws IOException {
    DiskContentStore store = disk();
    Digest good = store.put(text("good"));
    Digest bad = store.put(text("damaged"));
    damage(store, bad);

    List<Digest> all = new ArrayList<>();
    store.forEach(blob -> all.add(blob.digest()));
    all.sort(null);
    assertEquals(Stream.of(good, bad).sorted().toList(), all);
    assertEquals(good.size() + bad.size(), store.totalBytes());

    assertTrue(store.verify(good));
    assertTrue(store.verify(Digest.EMPTY));
    assertFalse(store.verify(bad));
    assertFalse(store.contains(bad));

    assertTrue(store.delete(good, Instant.now().plusSeconds(10)));
    assertFalse(store.contains(good));
    assertEquals(0, store.totalBytes());
  }

  @Test
  void aBlobThatWasAskedForCountsAsUsed() throws IOException {
    DiskContentStore store = disk();
    Digest digest = store.put(text("old"));
    Files.setLastModifiedTime(blob(digest), FileTime.from(Instant.now().minusSeconds(100_000)));
    List<StoredBlob> before = new ArrayList<>();
    store.forEach(before::add);

    assertTrue(store.contains(digest));

    Instant yesterday = Instant.now().minusSeconds(90_000);
    assertTrue(before.get(0).lastUsed().isBefore(yesterday));
    assertFalse(store.delete(digest, yesterday));
    assertTrue(store.contains(digest));
  }
}
