package dev.millrace.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Explanation;
import dev.millrace.json.JsonObject;
import dev.millrace.run.StepNode.Link;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RunMachineTest {
  private static final int SEEDS = 3_000;

  @Test
  void everyRandomRunEndsAndReplaysToTheSameState() {
    Set<List<TaskPhase>> visited = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomRun run = new RandomRun(seed);
      try {
        run.onStart = RunMachineTest::upstreamHasEnded;
        run.toTheEnd();
        endIsRight(run.machine);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      visited.addAll(run.visited);
    }
    assertEveryTransitionIsTaken(visited);
  }

  private static void assertEveryTransitionIsTaken(Set<List<TaskPhase>> visited) {
    for (TaskPhase from : TaskPhase.values()) {
      for (TaskPhase to : from.next()) {
        assertTrue(
            visited.contains(List.of(from, to)), () -> from + " to " + to + " was never taken");
      }
    }
  }

  private static void upstreamHasEnded(RunMachine machine, int task) {
    RunState state = machine.state();
    int step = state.stepOf(task);
    for (Link link : state.steps().nodes.get(step).upstream()) {
      int first = state.firstTask(link.step());
      int from = link.joined() ? first + state.indexInStep(task) : first;
      int to = link.joined() ? from + 1 : first + state.size(link.step());
      for (int other = from; other < to; other++) {
        TaskPhase phase = state.status(other).phase();
        assertTrue(
            phase.settled() || state.isRemade(other), task + " starts before the end of " + other);
      }
    }
  }

  private static void endIsRight(RunMachine machine) {
    for (TaskPhase phase : RandomRun.phases(machine)) {
      assertTrue(phase.settled());
    }
    assertEquals(List.of(), machine.decide(new RunWish.Cancel(true), 0));
  }

  @Test
  void aLongChainIsCancelledWithoutRecursion() {
    int length = 100_000;
    StepNode[] nodes = new StepNode[length];
    nodes[0] = StepNode.of(1);
    for (int i = 1; i < length; i++) {
      nodes[i] = StepNode.of(1, new Link(i - 1, i % 2 == 0));
    }
    RunMachine machine = new RunMachine(List.of(nodes));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    machine.decide(new RunWish.Cancel(false), 0);
    assertEquals(RunStatus.CANCELLED, machine.state().runStatus());
  }

  @Test
  void aFailureSkipsALongChainWithoutRecursion() {
    int length = 100_000;
    StepNode[] nodes = new StepNode[length];
    nodes[0] = StepNode.of(1);
    for (int i = 1; i < length; i++) {
      nodes[i] = StepNode.of(1, new Link(i - 1, false));
    }
    RunMachine machine = new RunMachine(List.of(nodes));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    machine.decide(new RunWish.FailTask(0, Failure.of(FailureKind.USER, "no")), 0);
    assertEquals(RunStatus.FAILED, machine.state().runStatus());
    assertEquals(
        new TaskStatus.Skipped(SkipCause.UPSTREAM_FAILED), machine.state().status(length - 1));
  }

  @Test
  void lostAttemptsDoNotUseUpTheUsersAttempts() {
    RunMachine machine = new RunMachine(List.of(StepNode.of(1)));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    for (int attempt = 1; attempt <= 3; attempt++) {
      machine.decide(new RunWish.Queue(0, RandomRun.KEY, new Explanation.FirstTime()), 0);
      machine.decide(new RunWish.StartAttempt(0, "w"), 0);
      machine.decide(
          new RunWish.AttemptBroken(0, attempt, Failure.of(FailureKind.LOST, "gone"), 0), 0);
      assertInstanceOf(TaskStatus.Backoff.class, machine.state().status(0));
      machine.decide(new RunWish.Retry(0), 0);
    }
    assertEquals(3, machine.state().attempts(0));
  }
}
