package dev.millrace.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The compatibility suite of {@link TaskExecutor}: each of its rules is a test. For executors that
 * run commands on a POSIX system with {@code sh}, {@code bash}, coreutils and {@code setsid}.
 */
@Timeout(120)
public abstract class TaskExecutorTck extends TaskExecutorFixture {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** The ways in which a step may leave processes behind; {@code $S} is a command that lasts. */
  public enum Leftover {
    CHILD("$S &"),
    GRANDCHILD("sh -c '$S & wait' &"),
    ORPHAN("(sh -c '$S & $S & wait' &)"),
    OWN_GROUP("bash -mc '$S & wait' &"),
    OWN_SESSION("setsid $S &"),
    DAEMON("(setsid sh -c '(cd /; $S </dev/null >/dev/null 2>&1 &)' &)"),
    DAEMON_TREE("setsid sh -c 'setsid sh -c \"$S & $S & wait\" & $S & wait' &"),
    DAEMON_WITHOUT_ENVIRONMENT("env -i setsid $S &");

    private final String script;

    Leftover(String script) {
      this.script = script;
    }

    /** Returns a script that leaves processes, all of which have {@code token} as an argument. */
    String script(String token) {
      return script.replace("$S", "sleep " + token);
    }
  }

  /** Tells whether the executor finds what a command leaves in this way when it exits by itself. */
  protected boolean finds(Leftover leftover) {
    return true;
  }

  /** Tells whether the executor refuses a script whose first line names no interpreter. */
  protected boolean refusesScriptsWithoutInterpreterLine() {
    return true;
  }

  /** Returns the variables that commands have besides the request's: the image's, say. */
  protected Set<String> ownVariables() {
    return Set.of();
  }

  /** Returns how many attempts are started at once where there are to be many; at most 256. */
  protected int many() {
    return 200;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 126, 255})
  void exitCode(int code) {
    assertEquals(code, exited(run("exit " + code)).exitCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 15, 6})
  void endBySignal(int signal) {
    assertEquals(128 + signal, exited(run("kill -" + signal + " $$")).exitCode());
  }

  @Test
  void startDoesNotWait() {
    long start = System.nanoTime();
    start(request("sleep 5")).execution().cancel();
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(4).toNanos());
  }

  @Test
  void outputsAreSeparate() throws IOException {
    Started started = start(request("echo to stdout; echo to stderr >&2"));
    exited(started.await());
    assertEquals("to stdout\n", Files.readString(started.request().stdout()));
    assertEquals("to stderr\n", Files.readString(started.request().stderr()));
  }

  @Test
  void outputFilesMayBeThereAndEmpty() throws IOException {
    ExecutionRequest request = request("echo to stdout; echo to stderr >&2");
    Files.createFile(request.stdout());
    Files.createFile(request.stderr());
    exited(start(request).await());
    assertEquals("to stdout\n", Files.readString(request.stdout()));
    assertEquals("to stderr\n", Files.readString(request.stderr()));
  }

  @Test
  void largeOutputIsComplete() throws IOException {
    long size = 50L << 20;
    Started started = start(request("head -c " + size + " /dev/zero; head -c 1000 /dev/zero >&2"));
    exited(started.await());
    assertEquals(size, Files.size(started.request().stdout()));
    assertEquals(1_000, Files.size(started.request().stderr()));
  }

  @Test
  void outputGrowsWhileTheCommandRuns() {
    Started started = start(request("echo first; until [ -e go ]; do sleep 0.02; done"));
    await(() -> contentOf(started.request().stdout()).equals("first\n"));
    write(started.request().workingDirectory().resolve("go"), "");
    assertEquals(0, exited(started.await()).exitCode());
  }

  @Test
  void inputIsEmpty() {
    assertEquals(0, exited(run("cat")).exitCode());
  }

  @Test
  void argumentsArriveAsTheyAre() throws IOException {
    List<String> arguments = List.of("a b", "", "*", "$HOME", "'\"\\", "two\nlines", "é‰😀", "-n");
    List<String> argv = new ArrayList<>(List.of("printf", "<%s>"));
    argv.addAll(arguments);
    Started started = start(request(argv, ENVIRONMENT, null));
    exited(started.await());
    String expected = "<" + String.join("><", arguments) + ">";
    assertEquals(expected, Files.readString(started.request().stdout()));
  }

  @Test
  void environmentIsTheRequestsAndTheExecutorsMark() {
    Map<String, String> wanted =
        Map.of("PATH", "/usr/bin:/bin", "EMPTY", "", "A", "b=c d\ne", "LANG", "C.UTF-8", "É", "é");
    Started started = start(request(List.of("env", "-0"), wanted, null));
    assertEquals(0, exited(started.await()).exitCode());
    Map<String, String> found = new TreeMap<>();
    for (String variable : contentOf(started.request().stdout()).split("\0")) {
      String[] parts = variable.split("=", 2);
      found.put(parts[0], parts[1]);
    }
    found.keySet().removeIf(name -> name.startsWith("MILLRACE_"));
    found.keySet().removeAll(ownVariables());
    assertEquals(new TreeMap<>(wanted), found);
  }

  @Test
  void workingDirectory() throws IOException {
    Started started = start(request("pwd -P"));
    exited(started.await());
    assertEquals(
        executor().seenAt(started.request().workingDirectory().toRealPath()).toString(),
        contentOf(started.request().stdout()).strip());
  }

  @Test
  void commandIsLookedUpInTheRequestsPath() {
    ExecutionRequest plain = request("");
    program(plain.workingDirectory().resolve("tools/greet"), "#!/bin/sh\necho hello\n");
    Path folder = executor().seenAt(plain.workingDirectory()).resolve("tools");
    for (String path : List.of("/nowhere:" + folder + ":/bin", "tools:/bin")) {
      Started started = start(request(plain, List.of("greet"), Map.of("PATH", path)));
      assertEquals(0, exited(started.await()).exitCode());
      assertEquals("hello\n", contentOf(started.request().stdout()));
    }
    Started started = start(request(plain, List.of("greet"), ENVIRONMENT));
    assertTrue(notStartable(started.await()).contains("greet"));
  }

  @Test
  void commandWithSlashIsRelativeToTheWorkingDirectory() {
    ExecutionRequest plain = request("");
    program(plain.workingDirectory().resolve("tools/greet"), "#!/bin/sh\nexit 7\n");
    Started started = start(request(plain, List.of("tools/greet"), ENVIRONMENT));
    assertEquals(7, exited(started.await()).exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-program", "./no-such-program", "/no/such/program"})
  void missingCommand(String command) {
    Started started = start(request(List.of(command), ENVIRONMENT, null));
    assertTrue(
        notStartable(started.await()).contains("no-such-program") || command.contains("/no"));
  }

  @Test
  void fileThatIsNotExecutable() {
    ExecutionRequest plain = request("");
    write(plain.workingDirectory().resolve("script"), "#!/bin/sh\n");
    Started started = start(request(plain, List.of("./script"), ENVIRONMENT));
    assertTrue(notStartable(started.await()).contains("chmod +x"));
  }

  @Test
  void scriptWithoutInterpreterLine() {
    assumeTrue(refusesScriptsWithoutInterpreterLine());
    ExecutionRequest plain = request("");
    program(plain.workingDirectory().resolve("script"), "echo hello\n");
    Started started = start(request(plain, List.of("./script"), ENVIRONMENT));
    assertTrue(notStartable(started.await()).contains("#!"));
  }

  @Test
  void scriptWithMissingInterpreter() {
    ExecutionRequest plain = request("");
    program(plain.workingDirectory().resolve("script"), "#!/no/such/interpreter\n");
    Started started = start(request(plain, List.of("./script"), ENVIRONMENT));
    assertTrue(notStartable(started.await()).contains("interpreter"));
  }

  @Test
  void folderAsCommand() {
    notStartable(start(request(List.of("/usr"), ENVIRONMENT, null)).await());
  }

  @Test
  void argumentsThatAreTooLong() {
    List<String> argv = List.of("echo", "x".repeat(3 << 20));
    assertTrue(notStartable(start(request(argv, ENVIRONMENT, null)).await()).contains("too long"));
  }

  @Test
  void textThatNoProcessCanBeGiven() {
    notStartable(start(request(List.of("echo", "a\0b"), ENVIRONMENT, null)).await());
    notStartable(start(request(List.of("env"), Map.of("A=B", "c"), null)).await());
    notStartable(start(request(List.of("env"), Map.of("A", "\0"), null)).await());
  }

  @Test
  void missingWorkingDirectory() throws IOException {
    ExecutionRequest request = request("true");
    Files.delete(request.workingDirectory());
    assertTrue(notStartable(start(request).await()).contains("working directory"));
  }

  @Test
  void afterAFailedStartTheSameRequestCanBeTriedAgain() {
    ExecutionRequest plain = request("");
    ExecutionRequest request = request(plain, List.of("./late"), ENVIRONMENT);
    notStartable(start(request).await());
    program(plain.workingDirectory().resolve("late"), "#!/bin/sh\nexit 4\n");
    assertEquals(4, exited(start(request).await()).exitCode());
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftWhenTheCommandExits(Leftover leftover) {
    assumeTrue(finds(leftover));
    Tracked tracked = startTracked(leftover, null, "exit 5");
    Exited exited = exited(tracked.await());
    assertEquals(5, exited.exitCode());
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftAfterATimeout(Leftover leftover) {
    Tracked tracked = startTracked(leftover, Duration.ofSeconds(1), "sleep 1000");
    assertInstanceOf(TimedOut.class, tracked.await());
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftAfterACancel(Leftover leftover) {
    Tracked tracked = startTracked(leftover, null, "sleep 1000");
    tracked.awaitRunning();
    tracked.started().execution().cancel();
    assertInstanceOf(Cancelled.class, tracked.await());
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftAfterClose(Leftover leftover) {
    Tracked tracked = startTracked(leftover, null, "sleep 1000");
    tracked.awaitRunning();
    executor().close();
    assertTrue(tracked.started().recorder().isEnded());
    assertInstanceOf(Cancelled.class, tracked.await());
  }

  @Test
  void aCommandMayCleanUpBeforeItIsKilled() {
    String script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done";
    Started started = start(request(script));
    await(() -> contentOf(started.request().stdout()).equals("up\n"));
    started.execution().cancel();
    assertInstanceOf(Cancelled.class, started.await());
    assertEquals("up\nbye\n", contentOf(started.request().stdout()));
  }

  @Test
  void aCommandThatWillNotEndIsKilled() {
    Started started = start(request("trap '' TERM INT HUP; echo up; while :; do sleep 0.05; done"));
    await(() -> contentOf(started.request().stdout()).equals("up\n"));
    started.execution().cancel();
    assertInstanceOf(Cancelled.class, started.await());
  }

  @Test
  void aStoppedCommandIsKilled() {
    Started started = start(request(List.of("sh", "-c", "kill -STOP $$"), ENVIRONMENT, SHORT));
    assertInstanceOf(TimedOut.class, started.await());
  }

  @Test
  void timeoutIsNotReachedByACommandThatEndsInTime() {
    ExecutionRequest request =
        request(List.of("true"), ENVIRONMENT, Duration.ofSeconds(Long.MAX_VALUE));
    assertEquals(0, exited(start(request).await()).exitCode());
  }

  @Test
  void cancelAtAnyMoment() {
    for (int i = 0; i < 60; i++) {
      Started started = start(request("sleep 0.02"));
      long until = System.nanoTime() + i * 500_000L;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      started.execution().cancel();
      started.execution().cancel();
      ExecutionOutcome outcome = started.await();
      assertTrue(outcome instanceof Cancelled || outcome instanceof Exited, outcome::toString);
      started.execution().cancel();
    }
  }

  @Test
  void cancelAfterTheEndHasNoEffect() {
    Started started = start(request("exit 3"));
    assertEquals(3, exited(started.await()).exitCode());
    started.execution().cancel();
    assertEquals(1, started.recorder().count());
  }

  @Test
  void manyAtOnceDoNotDisturbEachOther() {
    List<Started> all = new ArrayList<>();
    for (int i = 0; i < many(); i++) {
      all.add(start(request("echo " + i + "; (setsid sleep 0.01 &); exit " + i)));
    }
    for (int i = 0; i < all.size(); i++) {
      assertEquals(i, exited(all.get(i).await()).exitCode());
      assertEquals(i + "\n", contentOf(all.get(i).request().stdout()));
    }
  }

  @Test
  void killingOneAttemptLeavesOthersAlone() {
    Tracked stays =
        startTracked(Leftover.DAEMON_TREE, null, "until [ -e go ]; do sleep 0.02; done");
    stays.awaitRunning();
    Tracked goes = startTracked(Leftover.DAEMON_TREE, null, "exit 1");
    exited(goes.await());
    assertTrue(isRunning(stays.token()));
    write(stays.started().request().workingDirectory().resolve("go"), "");
    exited(stays.await());
  }

  @Test
  void runTellsTheEndOnceWhetherItWaitsOrNot() {
    OutcomeRecorder recorder = new OutcomeRecorder();
    runOnThisThread(request("exit 3"), handle -> {}, recorder);
    assertEquals(3, exited(recorder.await()).exitCode());
  }

  @Test
  void whatRunsOnACallersThreadCanBeStopped() throws InterruptedException {
    ExecutionRequest request = request("echo up; sleep 1000 & sleep 1000");
    CompletableFuture<Execution> handle = new CompletableFuture<>();
    OutcomeRecorder recorder = new OutcomeRecorder();
    Thread caller =
        Thread.ofPlatform().start(() -> runOnThisThread(request, handle::complete, recorder));
    await(() -> contentOf(request.stdout()).equals("up\n"));
    handle.join().cancel();
    assertInstanceOf(Cancelled.class, recorder.await());
    caller.join();
  }

  @Test
  void whatIsStoppedBeforeItRunsDoesNotStart() {
    ExecutionRequest request = request("echo no");
    OutcomeRecorder recorder = new OutcomeRecorder();
    runOnThisThread(request, Execution::cancel, recorder);
    ExecutionOutcome outcome = recorder.await();
    assertTrue(outcome instanceof Cancelled || outcome instanceof Exited, outcome::toString);
  }

  @Test
  void aClosedExecutorRunsNothing() {
    executor().close();
    OutcomeRecorder recorder = new OutcomeRecorder();
    runOnThisThread(request("echo no"), handle -> {}, recorder);
    assertInstanceOf(Cancelled.class, recorder.await());
  }

  @Test
  void aListenerThatThrowsHarmsNothing() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
    try {
      OutcomeRecorder recorder =
          new OutcomeRecorder(
              () -> {
                throw new IllegalStateException("on purpose");
              });
      exited(start(request("true"), recorder).await());
      assertEquals(0, exited(run("true")).exitCode());
      executor().close();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void aClosedExecutorStartsNothing() {
    executor().close();
    Started started = start(request("echo no"));
    assertInstanceOf(Cancelled.class, started.await());
    assertTrue(Files.notExists(started.request().stdout()));
    executor().close();
  }

  @Test
  void usageIsPlausible() {
    Exited exited = exited(run("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"));
    assertTrue(exited.usage().wallMillis() > 0);
    assertTrue(exited.usage().cpuMillis() != 0 && exited.usage().cpuMillis() < 60_000);
    assertTrue(exited.usage().maxRssBytes() != 0);
  }

  /** An attempt whose processes can be recognised, and whether any lived when its end was told. */
  private record Tracked(Started started, String token, AtomicBoolean leftAtEnd) {

    void awaitRunning() {
      TaskExecutorFixture.await(() -> isRunning(token));
    }

    ExecutionOutcome await() {
      ExecutionOutcome outcome = started.await();
      assertTrue(!leftAtEnd.get(), "a process was left when the end was told");
      return outcome;
    }
  }

  private Tracked startTracked(Leftover leftover, @Nullable Duration timeout, String then) {
    String token = "1000." + Math.abs(System.nanoTime());
    String script = leftover.script(token) + "\nsleep 0.1\n" + then;
    AtomicBoolean left = new AtomicBoolean();
    OutcomeRecorder recorder = new OutcomeRecorder(() -> left.set(isRunning(token)));
    ExecutionRequest request = request(List.of("sh", "-c", script), ENVIRONMENT, timeout);
    return new Tracked(start(request, recorder), token, left);
  }

  private static boolean isRunning(String token) {
    return ProcessHandle.allProcesses()
        .anyMatch(
            process ->
                Arrays.asList(process.info().arguments().orElse(new String[0])).contains(token));
  }
}
