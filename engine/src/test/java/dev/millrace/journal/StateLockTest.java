package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  @TempDir private Path directory;

  @Test
  void isGivenBackOnClose() throws IOException {
    Path state = directory.resolve("a/b/.millrace");
    StateLock.acquire(state, "run").close();
    try (StateLock again = StateLock.acquire(state, "run")) {
      assertEquals(state.toRealPath(), again.directory());
    }
  }

  @Test
  void isHeldByOneProcessAtATime() throws IOException, InterruptedException {
    try (StateLock lock = StateLock.acquire(directory, "run")) {
      assertThrows(StateInUseException.class, () -> StateLock.acquire(directory, "run"));
      assertThrows(StateInUseException.class, () -> StateLock.acquire(directory, "run"));
      assertTrue(holdElsewhere().contains("pid " + ProcessHandle.current().pid() + ", since 2"));
      assertEquals(directory.toRealPath(), lock.directory());
    }
    assertEquals("held", holdElsewhere());
  }

  @Test
  void othersCanTellWhetherItIsHeld() throws IOException, InterruptedException {
    assertFalse(StateLock.isHeld(directory));
    assertEquals("held", holdElsewhere());
    assertFalse(StateLock.isHeld(directory));
    try (StateLock lock = StateLock.acquire(directory, "run")) {
      assertTrue(StateLock.isHeld(lock.directory()));
      String said = holdElsewhere();
      assertTrue(said.endsWith("; held: true"), said);
    }
    assertFalse(StateLock.isHeld(directory));
  }

  /** Tries in another process; returns "held", or the message it got. */
  private String holdElsewhere() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(other.waitFor(30, TimeUnit.SECONDS));
    return said;
  }

  /** The other process. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
        out.write(attempt(Path.of(arguments[0])).getBytes(StandardCharsets.UTF_8));
      }
    }

    private static String attempt(Path directory) throws IOException {
      try {
        StateLock.acquire(directory, "run elsewhere").close();
        return "held";
      } catch (StateInUseException e) {
        return e + "; held: " + StateLock.isHeld(directory);
      }
    }
  }
}
