package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the machine lacks for now is told from what is wrong with the request. */
class LaunchFailureTest {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(
      ints = {
        LaunchFailure.EAGAIN,
        LaunchFailure.ENOMEM,
        LaunchFailure.EMFILE,
        LaunchFailure.ENFILE,
        LaunchFailure.ENOSPC,
        LaunchFailure.EDQUOT,
        LaunchFailure.EROFS
      })
  void lackOfRoomIsNotTheRequestsFault(int errno) {
    assertTrue(LaunchFailure.isLackOfRoom(errno));
    assertInstanceOf(NoRoom.class, LaunchFailure.explain(errno, request(folder), "tool"));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        LaunchFailure.ENOENT,
        LaunchFailure.E2BIG,
        LaunchFailure.ENOEXEC,
        LaunchFailure.EACCES,
        LaunchFailure.ENOTDIR,
        LaunchFailure.ETXTBSY,
        LaunchFailure.ELOOP,
        99
      })
  void theRestIs(int errno) {
    assertFalse(LaunchFailure.isLackOfRoom(errno));
    assertInstanceOf(NotStartable.class, LaunchFailure.explain(errno, request(folder), "tool"));
  }

  @Test
  void namesTheFolderThatIsMissingForTheOutput() {
    Path missing = folder.resolve("missing");
    NotStartable failure =
        assertInstanceOf(
            NotStartable.class,
            LaunchFailure.explain(LaunchFailure.ENOENT, request(missing), "tool"));
    assertTrue(failure.message().contains(missing.toString()));
  }

  private ExecutionRequest request(Path outputs) {
    return new ExecutionRequest(
        "run/0/1",
        List.of("tool"),
        Map.of(),
        folder,
        outputs.resolve("out"),
        outputs.resolve("err"),
        null,
        null,
        Map.of());
  }
}
