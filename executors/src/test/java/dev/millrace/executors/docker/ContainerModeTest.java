package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.OutOfMemory;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ImagePin;
import dev.millrace.executor.OutcomeRecorder;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people complain of in executors with containers, each as a test. */
@RequiresDocker
@Timeout(120)
class ContainerModeTest extends ContainerFixture {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void filesBelongToTheCaller() {
    Started started = start(request("mkdir d; echo text > d/file; id -u; id -g"));
    assertEquals(0, exited(started.await()).exitCode());
    Owner caller = engine().state().owner();
    assertEquals(caller.uid(), uidOf(sandbox(started).resolve("d/file")));
    assertEquals(caller.uid() + "\n" + caller.gid() + "\n", stdout(started));
  }

  @Test
  void itSaysWhoTheUserIs() {
    Started started = start(request("echo $USER $LOGNAME"));
    assertEquals(0, exited(started.await()).exitCode());
    String name = engine().state().owner().name();
    assertEquals(name + " " + name + "\n", stdout(started));
  }

  @Test
  void inputsCannotBeWrittenTo() throws IOException {
    ExecutionRequest request = request("echo more >> input");
    Path input = Files.writeString(request.workingDirectory().resolve("input"), "text");
    Files.setPosixFilePermissions(input, PosixFilePermissions.fromString("r--r--r--"));
    Started started = start(request);
    assertTrue(exited(started.await()).exitCode() != 0);
    assertEquals("text", Files.readString(input));
    assertTrue(stderr(started).contains("Permission denied"), () -> stderr(started));
  }

  @Test
  void aContainerHasNoPrivileges() {
    Started started =
        start(
            request(
                "while read -r name value; do case $name in CapEff:|CapBnd:|NoNewPrivs:) echo"
                    + " $value;; esac; done </proc/self/status"));
    exited(started.await());
    assertEquals("0000000000000000\n0000000000000000\n1\n", stdout(started));
  }

  @Test
  void logsOfContainersThatEndAtOnceAreComplete() {
    List<Started> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(start(request("seq 1 20000; printf end; printf end >&2")));
    }
    String expected =
        IntStream.rangeClosed(1, 20_000)
            .mapToObj(i -> i + "\n")
            .collect(Collectors.joining("", "", "end"));
    for (Started started : all) {
      assertEquals(0, exited(started.await()).exitCode());
      assertEquals(expected, stdout(started));
      assertEquals("end", stderr(started));
    }
  }

  @Test
  void logsAreByteForByteWhatWasPutOut() throws IOException {
    byte[] bytes = new byte[(int) MEGABYTE];
    new Random(7).nextBytes(bytes);
    ExecutionRequest request = request("cat bytes");
    Files.write(request.workingDirectory().resolve("bytes"), bytes);
    Started started = start(request);
    exited(started.await());
    assertTrue(Arrays.equals(bytes, Files.readAllBytes(request.stdout())));
  }

  @Test
  void labelsSayWhoseAContainerIs() {
    Started started = start(request("echo up; sleep 1000"));
    await(() -> stdout(started).equals("up\n"));
    InspectContainerResponse found =
        engine().client().inspectContainerCmd(containers(engine()).getFirst()).exec();
    Map<String, String> labels = Objects.requireNonNull(found.getConfig().getLabels());
    assertEquals("run-1", labels.get("dev.millrace.run"));
    assertEquals("0", labels.get("dev.millrace.task"));
    assertEquals(started.request().attemptId(), labels.get("dev.millrace.attempt"));
    assertEquals(sandbox(started).toString(), labels.get("dev.millrace.sandbox"));
    assertEquals(engine().state().id(), labels.get("dev.millrace.engine"));
    started.execution().cancel();
    assertInstanceOf(Cancelled.class, started.await());
  }

  @Test
  void twoEnginesMayHaveAttemptsOfTheSameName() throws IOException {
    Path other = Files.createDirectories(directory().resolve("other"));
    try (DockerTaskExecutor second = newExecutor(new DockerEngine(other))) {
      ExecutionRequest request = request("until [ -e go ]; do sleep 0.02; done");
      ExecutionRequest like = request("until [ -e go ]; do sleep 0.02; done");
      ExecutionRequest same =
          new ExecutionRequest(
              request.attemptId(),
              like.argv(),
              like.environment(),
              like.workingDirectory(),
              like.stdout(),
              like.stderr(),
              null,
              container(),
              Map.of());
      Started first = start(request);
      OutcomeRecorder recorder = new OutcomeRecorder();
      var _ = second.start(same, recorder);
      write(request.workingDirectory().resolve("go"), "");
      write(same.workingDirectory().resolve("go"), "");
      assertEquals(0, exited(first.await()).exitCode());
      assertEquals(0, exited(recorder.await()).exitCode());
    }
  }

  @Test
  void aKillForWantOfMemoryIsToldApart() {
    String eater = "head -c 200M /dev/zero | tail -c 200M >/dev/null";
    Started started = start(limited(request(eater), "memory", 32 * MEGABYTE));
    assertInstanceOf(OutOfMemory.class, started.await());
  }

  @Test
  void aChildKilledForWantOfMemoryIsTheStepsAffair() {
    // The kernel may choose the shell as well, unless it is told what it can do without.
    String expendable = "echo 1000 >/proc/self/oom_score_adj; exec tail -c 200M >/dev/null";
    String eater = "head -c 200M /dev/zero | (" + expendable + "); exit 0";
    Started started = start(limited(request(eater), "memory", 32 * MEGABYTE));
    assertEquals(0, exited(started.await()).exitCode());
  }

  @Test
  void aKillByTheStepItselfIsNotForWantOfMemory() {
    Started started = start(limited(request("kill -9 $$"), "memory", 32 * MEGABYTE));
    assertEquals(137, exited(started.await()).exitCode());
  }

  @Test
  void aKillFromOutsideIsNotTheStepsFailure() {
    for (String signal : List.of("SIGTERM", "SIGKILL")) {
      Started started = start(request("echo up; sleep 1000"));
      await(() -> stdout(started).equals("up\n"));
      String id = containers(engine()).getFirst();
      engine().client().killContainerCmd(id).withSignal(signal).exec();
      assertInstanceOf(Lost.class, started.await());
    }
  }

  @Test
  void moreProcessorsThanThereAreCanBeAskedFor() {
    Started started = start(limited(request("exit 3"), "cpus", 10_000));
    assertEquals(3, exited(started.await()).exitCode());
  }

  @Test
  void anImageThatIsGoneIsNamed() {
    ContainerRequest gone =
        new ContainerRequest("no/such:1", "sha256:" + "0".repeat(64), container().spec());
    Started started = start(in(gone, request("true")));
    assertTrue(notStartable(started.await()).contains("no/such:1"));
  }

  @Test
  void aNameThatMovesStandsForAnotherImage() {
    TestImage first = TestImage.another();
    TestImage second = TestImage.another();
    String name = first.name();
    assertEquals(new ImagePin.Pinned(first.id()), pin(name, Pull.MISSING));
    engine().client().tagImageCmd(second.id(), name.split(":", 2)[0], "1").exec();
    assertEquals(new ImagePin.Pinned(second.id()), pin(name, Pull.NEVER));
  }

  @Test
  void anImageThatIsNotHereAndMayNotBePulledIsRefused() {
    ImagePin pin = pin("millrace-test-none:1", Pull.NEVER);
    assertTrue(assertInstanceOf(ImagePin.Refused.class, pin).message().contains("\"never\""));
  }

  @Test
  void whatCannotBeTheNameOfAnImageIsRefused() {
    assertInstanceOf(ImagePin.Refused.class, pin("No Name!", Pull.MISSING));
  }

  private ImagePin pin(String image, Pull pull) {
    return executor().pin(image, pull, sentence -> {});
  }

  @Test
  void aNetworkThatIsNotThereIsNamed() {
    ContainerSpec spec = container().spec();
    ContainerSpec own =
        new ContainerSpec(spec.isolation(), spec.pull(), "allowed", null, spec.user(), List.of());
    ContainerRequest container =
        new ContainerRequest(TestImage.SHARED.name(), TestImage.SHARED.id(), own);
    Started started = start(in(container, request("true")));
    assertTrue(notStartable(started.await()).contains("network"));
    assertFalse(Files.exists(started.request().stdout()));
  }

  @Override
  protected Map<String, String> policy() {
    return Map.of(OperatorPolicy.NETWORKS, "allowed");
  }

  @Test
  void textIsTakenAsUtf8() {
    Started started = start(request("printf '%s' 'é‰😀'"));
    exited(started.await());
    assertEquals(
        "é‰😀",
        new String(stdout(started).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }
}
