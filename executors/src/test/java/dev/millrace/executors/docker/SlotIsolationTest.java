package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.OutOfMemory;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.pipeline.ContainerSpec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a step can leave to the next one in its slot: nothing. And what it can do to it that it does
 * not want: nothing by accident.
 */
@RequiresDocker
class SlotIsolationTest extends SlotFixture {

  @Test
  void stepsFollowEachOtherInOneContainer() {
    String first = container();
    assertFalse(first.isBlank());
    assertEquals(first, container());
    assertEquals(7, run("exit 7").exitCode());
    assertEquals(first, container());
  }

  @Test
  void theSandboxIsTheSteps() throws IOException {
    Ended ended = run("mkdir d; echo x >d/f; echo h >.hidden; ln -s d/f link; touch /millrace/y");
    assertEquals("x\n", content(ended.sandbox().resolve("d/f")));
    assertEquals("h\n", content(ended.sandbox().resolve(".hidden")));
    assertTrue(Files.isDirectory(ended.sandbox(), LinkOption.NOFOLLOW_LINKS));
    assertEquals(Files.getOwner(directory()), Files.getOwner(ended.sandbox().resolve("d/f")));
    assertEquals("", run("ls -A; ls /millrace | grep -v -e work -e out -e err").stdout());
  }

  @Test
  void whatIsLeftBesideTheSandboxCostsTheSlot() {
    String before = container();
    run("mkdir /millrace/here");
    assertNotEquals(before, container());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo x >/tmp/x",
        "echo x >/tmp/.x",
        "mkdir -p /tmp/a/b; touch /tmp/a/b/c; chmod 0 /tmp/a/b /tmp/a",
        "ln -s / /tmp/root",
        "mkfifo /tmp/pipe",
        "dd if=/dev/zero of=/tmp/big bs=1M count=100"
      })
  void temporaryFilesAreRemoved(String script) {
    String before = container();
    assertEquals(0, run(script).exitCode());
    Ended next = run("ls -A /tmp; read -r name </proc/sys/kernel/hostname; echo $name");
    assertEquals(before, next.stdout());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo x >/dev/shm/x",
        "mkdir /dev/shm/.x",
        "touch /dev/mqueue/x",
        "ipcmk -M 100",
        "ipcmk -Q",
        "ipcmk -S 1"
      })
  void sharedMemoryCostsTheSlot(String script) {
    String before = container();
    assertEquals(0, run(script).exitCode());
    assertNotEquals(before, container());
    String look = "ls -A /dev/shm /dev/mqueue; cat /proc/sysvipc/* | grep -v key";
    assertEquals("/dev/mqueue:\n\n/dev/shm:\n", run(look).stdout());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm /dev/null",
        "rm /dev/null; touch /dev/null",
        "chmod 0 /dev/null",
        "touch /dev/x",
        "rm /dev/fd"
      })
  void aChangedDeviceCostsTheSlot(String script) {
    String before = container();
    assumeTrue(run("[ -O /dev ]").exitCode() == 0, "only root can change devices");
    assertEquals(0, run(script).exitCode());
    assertNotEquals(before, container());
    assertEquals(0, run("[ -c /dev/null ] && [ ! -e /dev/x ] && echo >/dev/null").exitCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/x",
        "/etc/x",
        "/usr/bin/x",
        "/etc/hosts",
        "/etc/resolv.conf",
        "/etc/hostname",
        "/millrace/.start",
        "/sys/fs/cgroup/x",
        "/proc/sys/kernel/hostname",
        "/var/x"
      })
  void nothingElseIsWritable(String file) {
    assertNotEquals(0, run("echo x >>" + file).exitCode());
  }

  @Test
  void whoMeetsTheReadOnlyFileSystemIsToldWhatToDo() {
    Ended ended = run("touch /x");
    assertTrue(ended.stderr().contains("\"isolation\": \"container\""), ended::stderr);
    assertFalse(run("exit 1").stderr().contains("isolation"));
    assertFalse(run("touch /x; true").stderr().contains("isolation"));
  }

  @Test
  void changesOfTheProcessAreItsOwn() {
    String look = "umask; pwd; ulimit -n; ulimit -c; trap; set | grep -i -e ^X= -e ^millrace_";
    String before = run(look).stdout();
    run("umask 077; cd /; X=y; export X; ulimit -n 20; ulimit -c 0; trap '' TERM INT; exit 3");
    assertEquals(before, run(look).stdout());
    assertFalse(before.contains("millrace_"), before);
  }

  @Test
  void noSignalIsBlockedOrIgnored() {
    String masks = run("grep -e SigBlk -e SigIgn /proc/self/status | tr -d '\\t'").stdout();
    assertEquals("SigBlk:0000000000000000\nSigIgn:0000000000000000\n", masks);
  }

  @Test
  void nothingIsOpenButTheThreeStreams() {
    assertEquals("0\n1\n2\n3\n", run("ls /proc/self/fd").stdout());
  }

  @Test
  void processesThatWereLeftAreGone() {
    String before = container();
    run("sleep 1000 & setsid sleep 1000 & (setsid sh -c 'sleep 1000 & sleep 1000 &' &)");
    run("i=0; while [ $i -lt 100 ]; do (setsid sleep 1000 &); i=$((i+1)); done");
    assertEquals(before, container());
    String others =
        run("for p in /proc/[0-9]*; do echo $p; done | grep -v -e /1$ | wc -l").stdout();
    assertTrue(Integer.parseInt(others.strip()) <= 4, others);
  }

  @Test
  void whoKillsEverythingKillsNobodyElse() {
    String before = container();
    assertEquals(4, run("kill -9 -1; exit 4").exitCode());
    assertEquals(
        5,
        run("for s in STOP KILL TERM INT QUIT HUP USR1 PIPE ALRM CHLD;"
                + " do kill -$s 1; done; exit 5")
            .exitCode());
    assertEquals(before, container());
  }

  @Test
  void whatIsWrittenToTheRunnersStdoutIsNoAnswer() {
    String before = container();
    Ended ended =
        run(
            "head -c 5000000 /dev/zero >/proc/1/fd/1; echo 'x 0 0 0 0 0 -' >/proc/1/fd/1;"
                + " printf 'no end of line' >/proc/1/fd/1; exit 6");
    assertEquals(6, ended.exitCode());
    assertEquals(before, container());
  }

  @Test
  void whoReadsTheRunnersStdinIsKilled() {
    String before = container();
    assertEquals(3, run("cat </proc/1/fd/0 & setsid cat </proc/1/fd/0 & exit 3").exitCode());
    assertEquals(before, container());
  }

  @Test
  void aStepMayCloseItsStreams() {
    assertEquals(5, run("exec <&- >&- 2>&-; exit 5").exitCode());
  }

  @Test
  void linksInPlaceOfOurFilesAreNotFollowed() throws IOException {
    Path mounted = directory().resolve("mounted");
    Path victim = Files.writeString(mounted.resolve("victim"), "mine\n");
    Wish wish = Wish.plain().withMount(new Mount(mounted.toString(), mounted.toString(), false));
    for (String name : List.of(".start", ".reply", "out", "err")) {
      String file = "/millrace/" + name;
      run(wish, "rm -f %1$s; ln -s %2$s %1$s".formatted(file, victim));
      assertEquals("next\n", run(wish, "echo next").stdout());
      assertEquals("mine\n", content(victim));
    }
    Ended moved =
        run(wish, "cd /; rm -r /millrace/work; ln -s %s /millrace/work".formatted(mounted));
    assertTrue(Files.isDirectory(moved.sandbox(), LinkOption.NOFOLLOW_LINKS));
    assertEquals("next\n", run(wish, "echo next").stdout());
    assertEquals("mine\n", content(victim));
  }

  @Test
  void secretsAreNotLeftOnTheDisk() throws IOException {
    Wish wish = Wish.plain().with(Map.of("TOKEN", "very-secret"));
    assertEquals("very-secret\n", run(wish, "echo $TOKEN; rm -f /millrace/.start").stdout());
    Path slots = Slot.directories(executor().engine());
    try (Stream<Path> files = Files.walk(slots)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(content(file).contains("very-secret"), file::toString);
      }
    }
    try (Stream<Path> each = Files.list(slots)) {
      Path slot = each.findFirst().orElseThrow();
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(slot)));
    }
  }

  @Test
  void aSandboxThatIsReadOnlyComesBack() {
    Ended ended = run("echo x >x; chmod 0555 .");
    assertEquals("x\n", content(ended.sandbox().resolve("x")));
  }

  @Test
  void memoryIsLimitedAndTold() {
    Wish small = Wish.plain().withMemory(64 << 20);
    String hog = "head -c 300000000 /dev/zero | tail -c 250000000 >/dev/null";
    String before = containerOf(small);
    assertInstanceOf(
        OutOfMemory.class,
        run(small, "exec dd if=/dev/zero of=/dev/null bs=200M count=1").outcome());
    String after = containerOf(small);
    assertNotEquals(before, after);
    // Only a child is killed, and the step ends with the child's code, or does not care.
    assertInstanceOf(OutOfMemory.class, run(small, hog + " || exit 3").outcome());
    assertEquals(0, run(small, hog + "; exit 0").exitCode());
    assertEquals(3, run(small, "exit 3").exitCode());
    assertEquals(137, run(small, "kill -9 $$").exitCode());
  }

  @Test
  void aTimeoutOrACancelCostsTheSlot() {
    String before = container();
    Ended late = run(Wish.plain().within(Duration.ofMillis(300)), "sleep 1000");
    assertInstanceOf(TimedOut.class, late.outcome());
    String second = container();
    assertNotEquals(before, second);
    Started started = start(Wish.plain(), "echo up; sleep 1000");
    await(() -> content(started.request().stdout()).equals("up\n"));
    started.execution().cancel();
    assertInstanceOf(Cancelled.class, started.await().outcome());
    assertNotEquals(second, container());
  }

  @Test
  void differentAttemptsShareNothing() {
    Wish plain = Wish.plain();
    String mounted = directory().resolve("mounted").toString();
    List<Wish> wishes =
        List.of(
            plain,
            plain.ofRun("run-2"),
            plain.ofImage(SlotImages.busybox()),
            plain.onNetwork("bridge"),
            plain.withSharedMemory(1 << 20),
            plain.withMemory(64 << 20),
            plain.withMount(new Mount(mounted, "/mounted", false)),
            plain.withMount(new Mount(mounted, "/mounted", true)));
    List<String> containers = wishes.stream().map(this::containerOf).toList();
    assertEquals(wishes.size(), containers.stream().distinct().count());
    assertEquals(containers, wishes.stream().map(this::containerOf).toList());
  }

  @Test
  void aStepDoesNotSeeTheSandboxOfAnother() {
    Started other =
        start(Wish.plain(), "echo secret >secret; until [ -e go ]; do sleep 0.02; done");
    await(() -> Files.exists(other.request().workingDirectory().resolve("secret")));
    Ended ended =
        run(
            "ls -A /millrace /millrace/.. /millrace/work; ls -d "
                + other.request().workingDirectory());
    assertNotEquals(0, ended.exitCode());
    assertFalse(ended.stdout().contains("secret"), ended::stdout);
    touch(other.request().workingDirectory().resolve("go"));
    assertEquals(0, other.await().exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox"})
  void everyShellRunsSteps(String shell) {
    Wish wish =
        Wish.plain()
            .ofImage(
                switch (shell) {
                  case "bash" -> SlotImages.bash();
                  case "busybox" -> SlotImages.busybox();
                  default -> SlotImages.dash();
                })
            .with(Map.of("A", "it's\n$HOME \\", "LC_ALL", "xx_YY.UTF-8"));
    String before = containerOf(wish);
    assertEquals("it's\n$HOME \\|", run(wish, "printf '%s|' \"$A\"").stdout());
    Ended variables = start(wish, List.of("env")).await();
    assertEquals("", variables.stderr());
    assertFalse(
        variables.stdout().matches("(?s).*(SHLVL|OLDPWD|HOSTNAME|millrace_).*"), variables::stdout);
    assertEquals(130, run(wish, "kill -INT $$; sleep 10").exitCode());
    run(
        wish,
        "i=0; while [ $i -lt 50 ]; do (sleep 1000 & sleep 1000 &) & i=$((i+1)); done; exit 6");
    run(wish, "kill -INT 1; kill -QUIT 1");
    run(wish, "(setsid sleep 1000 &); setsid sleep 1000 &");
    assertEquals(before, containerOf(wish));
    Ended missing = start(wish, List.of("no-such")).await();
    assertTrue(missing.outcome().toString().contains("no program 'no-such'"), missing::toString);
    assertEquals("", missing.stderr());
    Ended folder = start(wish, List.of("/bin/")).await();
    assertTrue(folder.outcome().toString().contains("folder"), folder::toString);
    assertEquals(127, run(wish, "exit 127").exitCode());
    run(wish, "touch /dev/shm/x");
    assertNotEquals(before, containerOf(wish));
  }
}
