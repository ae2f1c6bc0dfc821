package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  private static FileStamp numbered(long inode) {
    return new FileStamp(1, inode, 3, 100 * SECOND, 101 * SECOND, 0100644, 1, 0);
  }

  @Test
  void whatTwoLearnedAtOnceIsKept() throws IOException {
    FileHashMemory first = memory();
    FileHashMemory second = memory();
    assertNull(first.find(numbered(1)));
    assertNull(second.find(numbered(2)));
    first.remember(numbered(1), DIGEST, first.now());
    second.remember(numbered(2), DIGEST, second.now());
    first.save();
    second.save();

    for (FileHashMemory memory : List.of(memory(), second)) {
      assertEquals(DIGEST, memory.find(numbered(1)));
      assertEquals(DIGEST, memory.find(numbered(2)));
    }
  }

  @Test
  void whatIsLearnedAnewReplacesWhatWasSaved() throws IOException {
    FileHashMemory memory = memory();
    memory.remember(STAMP, DIGEST, memory.now());
    memory.save();
    Digest other = Digest.of("xyz");
    memory.remember(changed(3, 102, 103), other, memory.now());
    memory.save();

    assertEquals(other, memory().find(changed(3, 102, 103)));
    assertNull(memory().find(STAMP));
  }

  /** Learns and saves one entry after another. */
  static final class Learner {
    private static final int ENTRIES = 60;

    private Learner() {}

    /** Takes the file and the first number. */
    public static void main(String[] args) throws IOException {
      long first = Long.parseLong(args[1]);
      for (int i = 0; i < ENTRIES; i++) {
        FileHashMemory memory =
            new FileHashMemory(Path.of(args[0]), InstantSource.fixed(Instant.ofEpochSecond(200)));
        memory.remember(numbered(first + i), DIGEST, memory.now());
        memory.save();
      }
    }
  }

  @Test
  void processesThatSaveAtOnceLoseNothing() throws Exception {
    List<Process> learners = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      learners.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Learner.class.getName(),
                  directory.resolve("hashes").toString(),
                  Integer.toString(1000 * i))
              .inheritIO()
              .start());
    }
    for (Process learner : learners) {
      assertEquals(0, learner.waitFor());
    }
    FileHashMemory memory = memory();
    for (int i = 0; i < Learner.ENTRIES; i++) {
      assertEquals(DIGEST, memory.find(numbered(i)));
      assertEquals(DIGEST, memory.find(numbered(1000 + i)));
    }
  }
}
