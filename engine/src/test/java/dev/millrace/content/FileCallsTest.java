package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.FileCalls.Found;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The two ways to call the file system do the same. */
final class FileCallsTest {
  private static final int[] SIZES = {0, 1, 100, 4096, 65_534, 65_535, 65_536, 65_537, 200_000};

  @TempDir Path directory;

  static Stream<FileCalls> ways() {
    return Stream.of(new PortableCalls(), NativeCalls.get()).filter(Objects::nonNull);
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }

  @Test
  void aLinuxMachineHasNativeCallsAndHashes() {
    boolean expected = NativeFunction.isSupported();
    assertEquals(expected, NativeCalls.get() != null);
    assertEquals(expected, Libcrypto.get() != null, "install OpenSSL's library (libssl3)");
  }

  @Test
  void bothSeeTheSame() throws IOException {
    Path file = Files.write(directory.resolve("f"), content(1000));
    Files.createLink(directory.resolve("second"), file);
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("f"));
    Path named = Files.createDirectory(directory.resolve("späces ünd 漢字"));
    for (Path path :
        new Path[] {file, link, named, directory, Path.of("/dev/null"), Path.of("/")}) {
      FileStamp expected = new PortableCalls().stamp(path);
      for (FileCalls way : ways().toList()) {
        assertEquals(expected, way.stamp(path), path + " by " + way);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void writesAndReadsSmallFiles(FileCalls calls) throws IOException {
    for (int size : SIZES) {
      Path file = directory.resolve("f" + size);
      calls.create(file, content(size), 0444);

      assertArrayEquals(content(size), Files.readAllBytes(file));
      assertEquals(0444, calls.stamp(file).mode() & 07777);
      byte[] read = calls.readSmall(file);
      if (size < FileCalls.SMALL) {
        assertArrayEquals(content(size), read);
      } else {
        assertNull(read);
      }
      Found found = Objects.requireNonNull(calls.find(file));
      assertEquals(size, found.size());
      assertEquals(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS), found.modifiedNanos());
    }
    assertNull(calls.find(directory.resolve("none")));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingIsLeftOfWhatWasOverwritten(FileCalls calls) throws IOException {
    Path file = directory.resolve("f");
    int before = 300;
    calls.create(file, content(before), 0600);
    for (int size : SIZES) {
      calls.overwrite(file, before, content(size), 0755);

      assertArrayEquals(content(size), Files.readAllBytes(file));
      assertEquals(0755, calls.stamp(file).mode() & 07777);
      before = size;
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void renamesAndSetsModes(FileCalls calls) throws IOException {
    Path file = Files.write(directory.resolve("f"), content(1));
    Path other = Files.write(directory.resolve("g"), content(2));

    calls.rename(file, other);
    calls.setMode(other, 0511);
    calls.setMode(directory, 0700);

    assertFalse(Files.exists(file));
    assertArrayEquals(content(1), Files.readAllBytes(other));
    assertEquals(0511, calls.stamp(other).mode() & 07777);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void failsAsThePlatformWould(FileCalls calls) throws IOException {
    Path none = directory.resolve("none");
    Path file = Files.write(directory.resolve("f"), content(1));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    Path tooLong = directory.resolve("x".repeat(300));

    assertEquals(
        none.toString(),
        assertThrows(NoSuchFileException.class, () -> calls.stamp(none)).getFile());
    assertThrows(NoSuchFileException.class, () -> calls.readSmall(none));
    assertThrows(NoSuchFileException.class, () -> calls.rename(none, file));
    assertThrows(NoSuchFileException.class, () -> calls.setMode(none, 0600));
    assertThrows(NoSuchFileException.class, () -> calls.overwrite(none, 0, content(1), 0600));
    assertThrows(FileAlreadyExistsException.class, () -> calls.create(file, content(5), 0600));
    assertThrows(IOException.class, () -> calls.readSmall(link));
    assertThrows(IOException.class, () -> calls.overwrite(link, 1, content(2), 0600));
    assertThrows(FileSystemException.class, () -> calls.readSmall(file.resolve("below")));
    FileSystemException failure =
        assertThrows(FileSystemException.class, () -> calls.create(tooLong, content(1), 0600));
    assertEquals("File name too long", failure.getReason());
    assertArrayEquals(content(1), Files.readAllBytes(file));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void leavesNothingOfAFileThatDoesNotFit(FileCalls calls) throws Exception {
    try (TinyDisk disk = TinyDisk.mount(directory.resolve("disk"))) {
      Path here = Files.write(directory.resolve("here"), content(1));
      Path file = disk.directory().resolve("f");
      assertThrows(AtomicMoveNotSupportedException.class, () -> calls.rename(here, file));
      disk.fill(8192);

      FileSystemException failure =
          assertThrows(IOException.class, () -> calls.create(file, content(65_000), 0600))
                  instanceof FileSystemException told
              ? told
              : new FileSystemException("", "", "No space left on device");
      assertEquals("No space left on device", failure.getReason());
      assertFalse(Files.exists(file));
    }
  }

  @Test
  void accessIsDeniedByNumber() {
    assertTrue(Errno.exception(13, Path.of("f"), null) instanceof AccessDeniedException);
    assertEquals("error 199", Errno.exception(199, Path.of("f"), null).getReason());
  }

  @Test
  void allHashesAgree() {
    for (int size : SIZES) {
      byte[] content = content(size);
      ByteBuffer direct = ByteBuffer.allocateDirect(size).put(content).flip();
      assertEquals(Digest.of(content), ContentHash.of(content));
      for (int kind = 0; kind < 2; kind++) {
        // From a few megabytes on the native hash is used, where there is one.
        try (ContentHash hash = ContentHash.begin(kind << 23)) {
          hash.update(ByteBuffer.wrap(content, 0, size / 3));
          hash.update(direct.duplicate().position(size / 3));
          assertEquals(Digest.of(content), hash.finish());
        }
      }
    }
  }
}
