package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileHashMemoryTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final FileStamp STAMP =
      new FileStamp(1, 2, 3, 100 * SECOND, 101 * SECOND, 0100644, 1, 0);
  private static final Digest DIGEST = Digest.of("abc");

  @TempDir Path directory;

  private FileHashMemory memory() {
    return new FileHashMemory(
        directory.resolve("hashes"), InstantSource.fixed(Instant.ofEpochSecond(200)));
  }

  private static FileStamp changed(long size, long modified, long changed) {
    return new FileStamp(1, 2, size, modified * SECOND, changed * SECOND, 0100644, 1, 0);
  }

  @Test
  void remembersAcrossProcesses() throws IOException {
    FileHashMemory memory = memory();
    assertNull(memory.find(STAMP));
    memory.remember(STAMP, DIGEST, memory.now());
    assertEquals(DIGEST, memory.find(STAMP));
    memory.save();

    assertEquals(DIGEST, memory().find(STAMP));
  }

  @Test
  void forgetsAFileOfWhichAnythingChanged() {
    FileHashMemory memory = memory();
    memory.remember(STAMP, DIGEST, memory.now());

    assertNull(memory.find(changed(4, 100, 101)));
    assertNull(memory.find(changed(3, 99, 101)));
    assertNull(memory.find(changed(3, 100, 102)));
    assertNull(memory.find(new FileStamp(9, 2, 3, 100 * SECOND, 101 * SECOND, 0100644, 1, 0)));
    assertEquals(DIGEST, memory.find(changed(3, 100, 101)));
  }

  @Test
  void doesNotTrustAFileThatHadJustChanged() {
    FileHashMemory memory = memory();
    memory.remember(changed(3, 199, 100), DIGEST, memory.now());
    assertNull(memory.find(changed(3, 199, 100)));
    memory.remember(changed(3, 100, 199), DIGEST, memory.now());
    assertNull(memory.find(changed(3, 100, 199)));
    memory.remember(changed(3, 300, 300), DIGEST, memory.now());
    assertNull(memory.find(changed(3, 300, 300)));
    memory.remember(changed(3, 197, 197), DIGEST, memory.now());
    assertEquals(DIGEST, memory.find(changed(3, 197, 197)));
  }

  @Test
  void startsAnewFromADamagedFile() throws IOException {
    FileHashMemory memory = memory();
    memory.remember(STAMP, DIGEST, memory.now());
    memory.save();
    byte[] good = Files.readAllBytes(directory.resolve("hashes"));
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      byte[] bad = i < good.length ? Arrays.copyOf(good, i) : good.clone();
      if (i >= good.length) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(directory.resolve("hashes"), bad);
      FileHashMemory damaged = memory();
      assertNull(damaged.find(STAMP));
      damaged.save();
      assertNull(memory().find(STAMP));
    }
  }

  @Test
  void aDirectoryInItsPlaceDoesNoHarm() throws IOException {
    Files.createDirectory(directory.resolve("hashes"));
    assertNull(memory().find(STAMP));
  }
}
