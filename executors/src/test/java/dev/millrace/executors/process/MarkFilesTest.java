package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkFilesTest {
  private static final long NO_PROCESS = Long.MAX_VALUE;

  @TempDir Path state;

  @Test
  void thoseOfTheDeadAreFoundAndNoOthers() throws IOException {
    assertEquals(List.of(), MarkFiles.ofTheDead(state), "there is no directory");
    EngineMark living = EngineMark.next(state);
    EngineMark dead = new EngineMark(living.state(), NO_PROCESS, 1, 1);
    Path file = MarkFiles.make(state, living);
    Path other = MarkFiles.make(state, dead);
    assertTrue(Files.exists(file));
    assertEquals(List.of(other), MarkFiles.ofTheDead(state));
  }

  @Test
  void thoseOfTheDeadGoWithWhatTheyLeft() throws IOException {
    Path dead = MarkFiles.make(state, new EngineMark("abc", NO_PROCESS, 1, 1));
    Path living = MarkFiles.make(state, EngineMark.next(state));
    LeftoverProcesses.endOf(state);
    assertFalse(Files.exists(dead));
    assertTrue(Files.exists(living));
  }

  @Test
  void anExecutorHasOneFromItsFirstProcessToItsEnd() throws IOException {
    try (ProcessTaskExecutor executor = new ProcessTaskExecutor(state)) {
      assertFalse(Files.exists(state.resolve("processes")));
      var _ = executor.after(Duration.ofDays(1), () -> {});
      assertEquals(1, files());
    }
    assertEquals(0, files());
  }

  private int files() throws IOException {
    try (var files = Files.list(state.resolve("processes"))) {
      return (int) files.count();
    }
  }
}
