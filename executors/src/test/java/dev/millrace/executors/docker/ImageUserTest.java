package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps that run as their image's own user, who is not the caller. */
@RequiresDocker
@Timeout(120)
class ImageUserTest extends ContainerFixture {
  private static final TestImage IMAGE = TestImage.withOwnUser();

  @Override
  protected ContainerRequest container() {
    return IMAGE.container(User.IMAGE, List.of());
  }

  @Test
  void whatAStepMakesIsTheCallers() throws IOException {
    ExecutionRequest request =
        request(
            """
            id -u
            cat inputs/data
            mkdir -p out/deep
            echo result > out/deep/file
            echo '#!/bin/sh' > out/tool; chmod 700 out/tool
            ln -s deep/file out/link
            ln out/deep/file out/twin
            echo secret > out/mine; chmod 000 out/mine
            """);
    Path inputs = Files.createDirectory(request.workingDirectory().resolve("inputs"));
    Path data = Files.writeString(inputs.resolve("data"), "input\n");
    Files.setLastModifiedTime(data, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r--------"));
    Started started = start(request);
    assertEquals(0, exited(started.await()).exitCode(), () -> stderr(started));
    assertEquals(TestImage.OWN_USER + "\ninput\n", stdout(started));
    Path out = sandbox(started).resolve("out");
    int caller = engine().state().owner().uid();
    for (String name : List.of("deep/file", "tool", "twin", "mine")) {
      assertEquals(caller, uidOf(out.resolve(name)), name);
    }
    assertEquals("result\n", Files.readString(out.resolve("deep/file")));
    assertEquals("result\n", Files.readString(out.resolve("twin")));
    assertEquals("secret\n", Files.readString(out.resolve("mine")));
    assertTrue(Files.isExecutable(out.resolve("tool")));
    assertEquals(Path.of("deep/file"), Files.readSymbolicLink(out.resolve("link")));
    assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
  }

  @Test
  void inputsCannotBeWrittenTo() throws IOException {
    ExecutionRequest request =
        request("echo more >> input || echo refused; echo x > fixed/new || echo refused");
    Path input = Files.writeString(request.workingDirectory().resolve("input"), "text");
    Files.setPosixFilePermissions(input, PosixFilePermissions.fromString("r--r--r--"));
    Path fixed = Files.createDirectory(request.workingDirectory().resolve("fixed"));
    Files.setPosixFilePermissions(fixed, PosixFilePermissions.fromString("r-xr-xr-x"));
    Started started = start(request);
    exited(started.await());
    assertEquals("refused\nrefused\n", stdout(started));
    assertEquals("text", Files.readString(input));
  }

  @Test
  void linksLeadNothingOutOfTheSandbox() throws IOException {
    Path outside = Files.createDirectory(directory().resolve("outside"));
    Started started =
        start(request("ln -s " + outside + " way; ln -s /etc abs; echo x > '-odd name'"));
    assertEquals(0, exited(started.await()).exitCode());
    assertTrue(Files.isSymbolicLink(sandbox(started).resolve("way")));
    assertTrue(Files.exists(sandbox(started).resolve("-odd name")));
    try (var files = Files.list(outside)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void theCopyIsRemovedWithTheContainer() {
    Started started = start(request("echo up; sleep 1000"));
    await(() -> stdout(started).equals("up\n"));
    InspectContainerResponse found =
        engine().client().inspectContainerCmd(containers(engine()).getFirst()).exec();
    String volume = Objects.requireNonNull(found.getMounts()).getFirst().getName();
    assertFalse(Objects.requireNonNull(volume).isEmpty());
    started.execution().cancel();
    started.await();
    // What has ended is removed beside what begins; when the executor is closed, it is gone.
    executor().close();
    try (DockerConnection docker = new DockerConnection()) {
      assertThrows(NotFoundException.class, () -> docker.client().inspectVolumeCmd(volume).exec());
    }
  }
}
