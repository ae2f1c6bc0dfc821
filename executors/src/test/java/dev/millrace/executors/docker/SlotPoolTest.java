package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.OutcomeRecorder;
import dev.millrace.pipeline.ContainerSpec.Mount;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How many slots there are, when they come and go, and what is run otherwise. */
@RequiresDocker
class SlotPoolTest extends SlotFixture {

  @Override
  Duration idle() {
    return Duration.ofMillis(300);
  }

  private int containers() {
    return containers(executor().engine()).size();
  }

  @Test
  void aSlotThatNobodyUsesGoes() {
    assertEquals(0, run("exit 0").exitCode());
    assertEquals(1, containers());
    await(() -> containers() == 0);
    assertEquals(0, run("exit 0").exitCode());
  }

  @Test
  void thereAreAsManySlotsAsAttemptsThatLast() {
    List<Started> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(start(Wish.plain(), "echo up; until [ -e go ]; do sleep 0.02; done"));
    }
    all.forEach(each -> await(() -> content(each.request().stdout()).equals("up\n")));
    assertEquals(3, containers());
    all.forEach(each -> touch(each.request().workingDirectory().resolve("go")));
    all.forEach(each -> assertEquals(0, each.await().exitCode()));
  }

  @Test
  void shortAttemptsDoNotWaitForMoreContainers() {
    List<Started> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(
          start(Wish.plain(), "read -r name </proc/sys/kernel/hostname; echo $name; exit " + i));
    }
    Set<String> used = new TreeSet<>();
    for (int i = 0; i < all.size(); i++) {
      Ended ended = all.get(i).await();
      assertEquals(i, ended.exitCode());
      used.add(ended.stdout());
    }
    assertTrue(used.size() < 30, used::toString);
  }

  @Test
  void attemptsThatWaitCanBeCancelled() {
    Started waits = start(Wish.plain(), "echo no");
    waits.execution().cancel();
    assertInstanceOf(Cancelled.class, waits.await().outcome());
    assertEquals("", waits.await().stdout());
  }

  @Test
  void anImageWithoutShellGetsContainers() {
    Wish wish = Wish.plain().ofImage(SlotImages.withoutShell());
    Started first = start(wish, List.of("echo", "hello"));
    assertEquals(0, first.await().exitCode());
    assertEquals("hello\n", first.await().stdout());
    assertFalse(executor().slots().serves(first.request()));
    assertTrue(executor().slots().serves(request(Wish.plain(), List.of("echo"))));
    assertEquals("again\n", start(wish, List.of("echo", "again")).await().stdout());
    await(() -> containers() == 0);
  }

  @Test
  void anImageWithVolumesGetsContainers() {
    Wish wish = Wish.plain().ofImage(SlotImages.withVolume());
    assertEquals(0, run(wish, "touch /data/x").exitCode());
    assertEquals(1, run(wish, "[ -e /data/x ]").exitCode());
    assertFalse(executor().slots().serves(request(wish, List.of("echo"))));
  }

  @Test
  void whatCannotBeSaidToAShellGetsAContainer() {
    SlotPool pool = executor().slots();
    Wish wish = Wish.plain();
    assertTrue(pool.serves(request(wish.with(Map.of("A_1", "\n'")), List.of("x"))));
    for (String name : List.of("a.b", "É", "1A", "UID", "IFS", "BASH_ENV", "")) {
      assertFalse(pool.serves(request(wish.with(Map.of(name, "x")), List.of("x"))), name);
    }
    for (String word : List.of("-x", "", "a\0b")) {
      assertFalse(pool.serves(request(wish, List.of(word))), word);
    }
    for (String target : List.of("/tmp/x", "/tmp", "/dev/shm/x", "/", "/proc")) {
      Mount mount = new Mount("/x", target, false);
      assertFalse(pool.serves(request(wish.withMount(mount), List.of("x"))), target);
    }
    assertFalse(pool.serves(request(wish.ofRun(""), List.of("x"))));
  }

  @Test
  void whatIsNotAllowedIsRefusedAsInContainers() {
    Wish wish = Wish.plain().onNetwork("not-allowed");
    assertInstanceOf(NotStartable.class, run(wish, "exit 0").outcome());
    assertEquals(0, run("exit 0").exitCode());
  }

  @Test
  void aMissingImageIsToldAsInContainers() {
    Wish wish = Wish.plain().ofImage("sha256:" + "0".repeat(64));
    assertInstanceOf(NotStartable.class, run(wish, "exit 0").outcome());
  }

  @Test
  void anAttemptWhoseContainerIsRemovedByOthersIsLost() {
    Started started = start(Wish.plain(), "echo up; sleep 1000");
    await(() -> content(started.request().stdout()).equals("up\n"));
    for (Container container : containers(executor().engine())) {
      Slot.removeContainer(executor().engine().client(), container.getId());
    }
    assertInstanceOf(Lost.class, started.await().outcome());
    assertTrue(Files.isDirectory(started.request().workingDirectory()));
    assertEquals(0, run("exit 0").exitCode());
  }

  @Test
  void anIdleSlotWhoseContainerIsRemovedByOthersIsReplaced() {
    String before = container();
    for (Container container : containers(executor().engine())) {
      Slot.removeContainer(executor().engine().client(), container.getId());
    }
    await(() -> containers() == 0);
    assertNotEquals(before, container());
  }

  @Test
  void theCallersThreadRunsWhatFindsAFreeSlot() {
    assertEquals(0, run("exit 0").exitCode());
    ExecutionRequest request = request(Wish.plain(), List.of("sh", "-c", "exit 9"));
    OutcomeRecorder recorder = new OutcomeRecorder();
    executor().run(request, handle -> {}, recorder);
    assertTrue(recorder.isEnded());
    assertEquals(9, new Ended(request, recorder.await()).exitCode());
  }
}
