package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec.Mount;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Directories of the machine that steps see. */
@RequiresDocker
@Timeout(120)
class MountTest extends ContainerFixture {

  @Override
  protected Map<String, String> policy() {
    return Map.of(OperatorPolicy.MOUNTS, directory().resolve("data").toString());
  }

  private ExecutionRequest mounted(String script, Path source, boolean writable) {
    return in(
        TestImage.SHARED.container(
            User.CALLER, List.of(new Mount(source.toString(), "/data", writable))),
        request(script));
  }

  @Test
  void whatIsMountedIsSeenAndReadOnlyUnlessSaidOtherwise() throws IOException {
    Path data = Files.createDirectories(directory().resolve("data/a b:c"));
    Files.writeString(data.resolve("file"), "text\n");
    Started reads = start(mounted("cat /data/file; echo x > /data/new || echo no", data, false));
    exited(reads.await());
    assertEquals("text\nno\n", stdout(reads));
    Started writes = start(mounted("echo x > /data/new", data, true));
    assertEquals(0, exited(writes.await()).exitCode());
    assertEquals("x\n", Files.readString(data.resolve("new")));
  }

  @Test
  void whatIsNotAllowedIsNotMounted() throws IOException {
    Path elsewhere = Files.createDirectories(directory().resolve("elsewhere"));
    Started started = start(mounted("true", elsewhere, false));
    assertTrue(notStartable(started.await()).contains(OperatorPolicy.MOUNTS));
  }

  @Test
  void whatIsNotThereIsNotMade() {
    Path gone = directory().resolve("data/gone");
    Started started = start(mounted("true", gone, false));
    assertTrue(notStartable(started.await()).contains("not there"));
    assertTrue(Files.notExists(gone));
  }
}
