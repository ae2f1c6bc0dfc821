package dev.millrace.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Explanation;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.run.StepNode.Link;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RunMachineTest {
  private static final int SEEDS = 3_000;
  private static final Explanation HIT = new Explanation.Hit(RandomRun.RESULT.producer());

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
    for (Link link : state.steps.nodes.get(step).upstream()) {
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

  /** The last one is like the third, and joined to the fourth, which is like the second. */
  @Test
  void aStepIsUnfoldedAfterAllThatItIsJoinedTo() {
    int open = StepNode.AT_RUN_TIME;
    RunMachine machine =
        new RunMachine(
            List.of(
                StepNode.of(1),
                alike(open, 0, -1, new Link(0, false)),
                alike(open, -1, 1, new Link(1, true)),
                alike(open, -1, 1, new Link(1, true)),
                alike(open, -1, 2, new Link(2, true), new Link(3, true))));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    machine.decide(new RunWish.TakeCached(0, RandomRun.KEY, RandomRun.RESULT, HIT), 0);
    machine.decide(new RunWish.Expand(1, new JsonArray(List.of(new JsonNumber(1)))), 0);
    for (int task = 1; task <= 4; task++) {
      machine.decide(new RunWish.TakeCached(task, RandomRun.KEY, RandomRun.RESULT, HIT), 0);
    }
    assertEquals(RunStatus.SUCCEEDED, machine.state().runStatus());
    assertEquals(4, machine.state().stepOf(4), "tasks are numbered in the order of the steps");
  }

  private static StepNode alike(int size, int listFrom, int like, Link... links) {
    return new StepNode(size, listFrom, like, List.of(links), Trigger.SUCCESS, RetryPolicy.NONE);
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
  void anApprovalIsAskedForOnceAndStaysValid() {
    RunMachine machine = new RunMachine(List.of(StepNode.of(1).withApproval()));
    RunWish.Queue queue = new RunWish.Queue(0, RandomRun.KEY, new Explanation.FirstTime());
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    machine.decide(queue, 0);
    assertEquals(new TaskStatus.Held(RandomRun.KEY), machine.state().status(0));
    assertEquals(List.of(), machine.decide(new RunWish.StartAttempt(0, "w"), 0));
    assertEquals(List.of(), machine.decide(new RunWish.Recover(Set.of(), Set.of()), 0));
    assertEquals(
        List.of(new RunEvent.TaskApproved(0, "ada", "fine")),
        machine.decide(new RunWish.Approve(0, "ada", "fine"), 0));
    assertEquals(TaskStatus.READY, machine.state().status(0));
    machine.decide(queue, 0);
    machine.decide(new RunWish.StartAttempt(0, "w"), 0);
    machine.decide(new RunWish.AttemptBroken(0, 1, Failure.of(FailureKind.LOST, "gone"), 0), 0);
    machine.decide(new RunWish.Retry(0), 0);
    machine.decide(queue, 0);
    assertInstanceOf(TaskStatus.Queued.class, machine.state().status(0));
  }

  @Test
  void aRejectedTaskFailsAndSaysWhoDidNotWantIt() {
    RunMachine machine = new RunMachine(List.of(StepNode.of(1).withApproval()));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    assertEquals(List.of(), machine.decide(new RunWish.Reject(0, "ada", "too early"), 0));
    machine.decide(new RunWish.Queue(0, RandomRun.KEY, new Explanation.FirstTime()), 0);
    machine.decide(new RunWish.Reject(0, "ada", "not today"), 0);
    assertEquals(
        new TaskStatus.Failed(Failure.of(FailureKind.USER, "rejected by ada: not today")),
        machine.state().status(0));
    assertEquals(RunStatus.FAILED, machine.state().runStatus());
  }

  @Test
  void anotherResultThanTheRecordedOneIsCountedAndTheRecordedOneIsKept() {
    RunMachine machine = new RunMachine(List.of(StepNode.of(1)));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    machine.decide(new RunWish.Queue(0, RandomRun.KEY, new Explanation.FirstTime()), 0);
    machine.decide(new RunWish.StartAttempt(0, "w"), 0);
    RunWish.Difference difference =
        new RunWish.Difference(RandomRun.RESULT.producer(), List.of("model"));
    machine.decide(new RunWish.AttemptDone(0, 1, RandomRun.RESULT, difference), 0);
    assertEquals(1, machine.state().differed());
    assertEquals(RunStatus.SUCCEEDED, machine.state().runStatus());
  }

  @Test
  void aReopenedRunTriesAgainWhatFailedAndKeepsTheRest() {
    StepNode cleanUp =
        new StepNode(1, -1, -1, List.of(new Link(0, false)), Trigger.FAILURE, RetryPolicy.NONE);
    RunMachine machine =
        new RunMachine(List.of(StepNode.of(2), StepNode.of(1, new Link(0, false)), cleanUp));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    run(machine, 0, true);
    run(machine, 1, false);
    run(machine, 3, true);
    RunState state = machine.state();
    assertEquals(RunStatus.FAILED, state.runStatus());
    assertEquals(new TaskStatus.Skipped(SkipCause.UPSTREAM_FAILED), state.status(2));
    machine.takeTodo();

    assertEquals(
        List.of(new RunEvent.RunReopened("ada")), machine.decide(new RunWish.Reopen("ada"), 0));
    assertInstanceOf(TaskStatus.Succeeded.class, state.status(0));
    assertEquals(TaskStatus.READY, state.status(1));
    assertEquals(TaskStatus.WAITING, state.status(2));
    assertEquals(TaskStatus.WAITING, state.status(3));
    assertArrayEquals(new int[] {1}, machine.takeTodo().prepare().toArray());
    run(machine, 1, true);
    run(machine, 2, true);
    assertEquals(2, state.attempts(1));
    assertEquals(new TaskStatus.Skipped(SkipCause.NOTHING_FAILED), state.status(3));
    assertEquals(RunStatus.SUCCEEDED, state.runStatus());
    assertEquals(List.of(), machine.decide(new RunWish.Reopen("ada"), 0));
  }

  private static void run(RunMachine machine, int task, boolean well) {
    machine.decide(new RunWish.Queue(task, RandomRun.KEY, new Explanation.FirstTime()), 0);
    machine.decide(new RunWish.StartAttempt(task, "w"), 0);
    int attempt = machine.state().attempts(task);
    machine.decide(
        well
            ? new RunWish.AttemptDone(task, attempt, RandomRun.RESULT)
            : new RunWish.AttemptBroken(task, attempt, Failure.of(FailureKind.USER, "no"), 0),
        0);
  }

  @Test
  void aReopenedRunHasAllItsRetriesAgain() {
    RetryPolicy twice = new RetryPolicy(2, 0, 1, 0, Set.of(FailureKind.USER));
    RunMachine machine =
        new RunMachine(List.of(new StepNode(1, -1, -1, List.of(), Trigger.SUCCESS, twice)));
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    for (int life = 0; life < 2; life++) {
      run(machine, 0, false);
      assertInstanceOf(TaskStatus.Backoff.class, machine.state().status(0));
      machine.decide(new RunWish.Retry(0), 0);
      run(machine, 0, false);
      assertEquals(RunStatus.FAILED, machine.state().runStatus());
      machine.decide(new RunWish.Reopen("ada"), 0);
    }
    assertEquals(4, machine.state().attempts(0));
  }

  @Test
  void aListThatCouldNotBeHadIsReadAgainAndGivesNewNumbers() {
    StepNode list =
        new StepNode(
            StepNode.AT_RUN_TIME,
            0,
            -1,
            List.of(new Link(0, false)),
            Trigger.SUCCESS,
            RetryPolicy.NONE);
    RunMachine machine =
        new RunMachine(List.of(StepNode.of(1), list, StepNode.of(1, new Link(1, false))));
    RunState state = machine.state();
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    run(machine, 0, false);
    assertEquals(RunStatus.FAILED, state.runStatus());
    assertEquals(2, state.firstTask(1));

    machine.decide(new RunWish.Reopen("ada"), 0);
    assertEquals(TaskStatus.RETIRED, state.status(2));
    assertEquals(2, state.liveTasks());
    JsonArray items = new JsonArray(List.of(new JsonNumber(1), new JsonNumber(2)));
    assertEquals(List.of(), machine.decide(new RunWish.Expand(1, items), 0));
    run(machine, 0, true);
    machine.decide(new RunWish.Expand(1, items), 0);
    assertEquals(3, state.firstTask(1));
    run(machine, 3, true);
    run(machine, 4, true);
    run(machine, 1, true);
    assertEquals(RunStatus.SUCCEEDED, state.runStatus());
    assertEquals(4, state.liveTasks());
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
