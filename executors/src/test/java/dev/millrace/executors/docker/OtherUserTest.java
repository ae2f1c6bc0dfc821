package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.TaskExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The engine of a user who is not root and whom the image does not know. Needs root to be tried.
 */
@RequiresDocker
@Timeout(120)
class OtherUserTest extends ContainerFixture {
  private static final Owner OTHER = new Owner(12_345, 12_345, "somebody");

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return newExecutor(
        new DockerEngine(new EngineState(stateDirectory, OTHER), DockerConnection::new));
  }

  private static void give(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", OTHER.uid());
        Files.setAttribute(file, "unix:gid", OTHER.gid());
      }
    }
  }

  private ExecutionRequest given(String script) throws IOException {
    ExecutionRequest request = request(script);
    Files.createDirectory(request.workingDirectory().resolve("tmp"));
    Path input = Files.writeString(request.workingDirectory().resolve("input"), "text");
    Files.setPosixFilePermissions(input, PosixFilePermissions.fromString("r--r--r--"));
    assumeTrue(uidOf(input) == 0, "only root can give files to another user");
    give(request.workingDirectory());
    return with(request, "HOME", ContainerSettings.WORK + "/tmp");
  }

  @Test
  void filesBelongToTheCallerWhoeverThatIs() throws IOException {
    Started started = start(given("id -u; id -g; echo $USER; echo text > file; cat input"));
    assertEquals(0, exited(started.await()).exitCode());
    assertEquals("12345\n12345\nsomebody\ntext", stdout(started));
    assertEquals(OTHER.uid(), uidOf(sandbox(started).resolve("file")));
  }

  @Test
  void homeCanBeWrittenTo() throws IOException {
    Started started =
        start(given("mkdir -p $HOME/.cache && echo ok > $HOME/.cache/file && cd && ls -a"));
    assertEquals(0, exited(started.await()).exitCode());
    assertTrue(List.of(stdout(started).split("\n", -1)).contains(".cache"));
  }

  @Test
  void inputsCannotBeWrittenTo() throws IOException {
    Started started = start(given("echo more >> input"));
    assertTrue(exited(started.await()).exitCode() != 0);
    assertEquals("text", Files.readString(sandbox(started).resolve("input")));
  }

  @Test
  void nothingOfTheImageCanBeWrittenTo() throws IOException {
    Started started = start(given("echo more >> /usr/bin/env"));
    assertTrue(exited(started.await()).exitCode() != 0);
  }
}
