package dev.millrace.run;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.run.StepNode.Link;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Drives a run machine over a random graph with random outcomes, all from one seed. */
final class RandomRun {
  static final ActionKey KEY = new ActionKey(Digest.EMPTY);
  static final ActionResult RESULT =
      new ActionResult(
          new TreeMap<>(),
          new TreeMap<>(),
          0,
          Digest.EMPTY,
          Digest.EMPTY,
          new ActionResult.Producer("r", "t", 1, "w"),
          Instant.EPOCH,
          ResourceUsage.NONE);

  private static final RunWish.Difference DIFFERENCE =
      new RunWish.Difference(RESULT.producer(), List.of("model"));

  private static final List<Trigger> TRIGGERS =
      List.of(
          Trigger.SUCCESS,
          Trigger.SUCCESS,
          Trigger.SUCCESS,
          Trigger.SUCCESS,
          Trigger.SUCCESS,
          Trigger.FAILURE,
          Trigger.ALWAYS);

  private final RunEventCodec codec = new RunEventCodec();
  final Random random;
  final List<StepNode> steps;
  final List<RunEvent> journal = new ArrayList<>();
  final Set<List<TaskPhase>> visited = new HashSet<>();
  RunMachine machine;
  private int reopened;
  private TaskPhase[] seen = new TaskPhase[0];
  private final List<Integer> prepare = new ArrayList<>();
  private final List<Integer> wake = new ArrayList<>();
  private final List<Integer> expand = new ArrayList<>();
  private final List<Integer> stop = new ArrayList<>();

  /** Checked before a task is started: the machine and the task. */
  BiConsumer<RunMachine, Integer> onStart = (machine, task) -> {};

  RandomRun(long seed) {
    random = new Random(seed);
    steps = randomSteps();
    machine = new RunMachine(steps);
  }

  private List<StepNode> randomSteps() {
    int n = 1 + random.nextInt(9);
    List<StepNode> nodes = new ArrayList<>();
    for (int step = 0; step < n; step++) {
      nodes.add(randomStep(nodes, step));
    }
    return nodes;
  }

  private StepNode randomStep(List<StepNode> above, int step) {
    List<Link> links = new ArrayList<>();
    int size = random.nextInt(6);
    int listFrom = -1;
    int like = -1;
    int joined = -1;
    if (step > 0 && random.nextInt(3) == 0) {
      joined = random.nextInt(step);
      size = above.get(joined).size();
      like = size == StepNode.AT_RUN_TIME ? joined : -1;
      links.add(new Link(joined, true));
    } else if (step > 0 && random.nextInt(4) == 0) {
      listFrom = random.nextInt(step);
      size = StepNode.AT_RUN_TIME;
      links.add(new Link(listFrom, false));
    }
    for (int other = 0; other < step; other++) {
      if (other != joined && other != listFrom && random.nextInt(3) == 0) {
        links.add(new Link(other, like >= 0 && root(above, other) == root(above, like)));
      }
    }
    Trigger on = TRIGGERS.get(random.nextInt(TRIGGERS.size()));
    RetryPolicy retry =
        new RetryPolicy(
            1 + random.nextInt(3), 10, 2, 100, EnumSet.of(FailureKind.USER, FailureKind.TIMEOUT));
    boolean approval = random.nextInt(5) == 0;
    return new StepNode(size, listFrom, like, links, on, retry, approval, random.nextBoolean());
  }

  /** Returns the step whose list the tasks of a step come from, or a number that no other has. */
  private static int root(List<StepNode> nodes, int step) {
    int root = step;
    while (nodes.get(root).like() >= 0) {
      root = nodes.get(root).like();
    }
    return root;
  }

  void wish(RunWish wish) {
    for (RunEvent fact : machine.decide(wish, 0)) {
      RunEventCodec.Timed read = RunEventCodec.decode(codec.encode(7, fact));
      expect(read.equals(new RunEventCodec.Timed(7, fact)), "a fact is read back as another");
      journal.add(read.event());
    }
    collect();
  }

  private void collect() {
    Todo todo = machine.takeTodo();
    addAll(todo.prepare(), prepare);
    addAll(todo.wake(), wake);
    addAll(todo.expand(), expand);
    addAll(todo.stop(), stop);
    TaskPhase[] now = phases(machine);
    Map<TaskPhase, Integer> counts = new EnumMap<>(TaskPhase.class);
    for (int task = 0; task < now.length; task++) {
      counts.merge(now[task], 1, Integer::sum);
      TaskPhase before = task < seen.length ? seen[task] : TaskPhase.WAITING;
      if (before != now[task]) {
        visited.add(List.of(before, now[task]));
      }
    }
    seen = now;
    for (TaskPhase phase : TaskPhase.values()) {
      expect(
          machine.state().count(phase) == counts.getOrDefault(phase, 0),
          "the count of tasks is wrong: " + phase);
    }
  }

  private static List<Object> summary(RunState state) {
    List<Object> all = new ArrayList<>(List.of(state.runStatus(), state.liveTasks()));
    all.addAll(List.of(state.cached(), state.differed(), state.isOpen(), state.cancelRequested()));
    for (int task = 0; task < state.tasks(); task++) {
      all.add(state.attempts(task));
      all.add(state.blamedAttempts(task));
      all.add(state.lostAttempts(task));
      all.add(state.needsApproval(task));
    }
    return all;
  }

  private static void addAll(IntList from, List<Integer> to) {
    for (int item : from.toArray()) {
      to.add(item);
    }
  }

  static TaskPhase[] phases(RunMachine machine) {
    TaskPhase[] phases = new TaskPhase[machine.state().tasks()];
    for (int task = 0; task < phases.length; task++) {
      phases[task] = machine.state().status(task).phase();
    }
    return phases;
  }

  /** Runs to the end, or throws when nothing goes on any more. */
  void toTheEnd() {
    wish(new RunWish.Accept(JsonObject.EMPTY));
    int moves = 0;
    while (machine.state().runStatus() == RunStatus.RUNNING) {
      if (moves++ > 20_000) {
        throw new AssertionError("the run does not end: " + Arrays.asList(phases(machine)));
      }
      move();
      if (machine.state().runStatus() != RunStatus.RUNNING && reopened < 3) {
        endOnce();
      }
    }
  }

  /** What was told of the run's end holds until somebody goes on with it. */
  private void endOnce() {
    if (random.nextBoolean()) {
      crash();
    }
    boolean failed = machine.state().runStatus() != RunStatus.SUCCEEDED;
    TaskStatus[] before = statuses();
    boolean[] back = GoingBack.find(machine.state());
    int facts = journal.size();
    wish(new RunWish.Reopen("ada"));
    if (!failed) {
      expect(journal.size() == facts, "a run that succeeded goes on");
      return;
    }
    reopened++;
    expect(journal.get(facts) instanceof RunEvent.RunReopened, "the run does not go on");
    for (int task = 0; task < before.length; task++) {
      TaskStatus now = machine.state().status(task);
      if (back[task]) {
        assertNotSame(before[task], now, "task " + task + " stays");
      } else {
        assertSame(before[task], now, "task " + task + " goes back");
      }
    }
  }

  private static void expect(boolean held, String otherwise) {
    if (!held) {
      throw new AssertionError(otherwise);
    }
  }

  private TaskStatus[] statuses() {
    TaskStatus[] statuses = new TaskStatus[machine.state().tasks()];
    Arrays.setAll(statuses, task -> machine.state().status(task));
    return statuses;
  }

  private void move() {
    switch (random.nextInt(60)) {
      case 0 -> {
        if (random.nextInt(10) == 0) {
          wish(new RunWish.Cancel(random.nextBoolean()));
        }
      }
      case 1 -> crash();
      default -> work();
    }
  }

  private void crash() {
    RunMachine again = new RunMachine(steps);
    journal.forEach(again::apply);
    expect(
        Arrays.equals(phases(machine), phases(again))
            && summary(machine.state()).equals(summary(again.state())),
        "replaying the facts gives another state");
    machine = again;
    prepare.clear();
    wake.clear();
    expand.clear();
    stop.clear();
    wish(new RunWish.Recover(Set.of(), Set.of()));
  }

  private void work() {
    if (!expand.isEmpty()) {
      expandOne(expand.removeLast());
      return;
    }
    if (!stop.isEmpty() && random.nextBoolean()) {
      int task = stop.removeLast();
      wish(new RunWish.AttemptStopped(task, machine.state().attempts(task)));
      return;
    }
    if (!wake.isEmpty() && random.nextBoolean()) {
      wish(new RunWish.Retry(wake.remove(/* index */ random.nextInt(wake.size()))));
      return;
    }
    if (!prepare.isEmpty() && random.nextBoolean()) {
      prepareOne(prepare.remove(/* index */ random.nextInt(prepare.size())));
      return;
    }
    int tasks = machine.state().tasks();
    for (int tried = 0; tried < tasks; tried++) {
      int task = random.nextInt(tasks);
      if (touch(task)) {
        return;
      }
    }
  }

  private void expandOne(int step) {
    if (random.nextInt(8) == 0) {
      wish(new RunWish.FailExpansion(step, Failure.of(FailureKind.USER, "not a list")));
      return;
    }
    List<JsonValue> items = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      items.add(new JsonNumber(i));
    }
    wish(new RunWish.Expand(step, new JsonArray(items)));
  }

  private void prepareOne(int task) {
    switch (random.nextInt(20)) {
      case 0 -> wish(new RunWish.SkipTask(task));
      case 1 -> wish(new RunWish.FailTask(task, Failure.of(FailureKind.ENGINE, "no")));
      case 2, 3, 4 ->
          wish(new RunWish.TakeCached(task, KEY, RESULT, new Explanation.Hit(RESULT.producer())));
      case 5 -> makeAgain(task);
      case 6 -> wish(new RunWish.Queue(task, KEY, new Explanation.Verify(RESULT.producer())));
      default -> wish(new RunWish.Queue(task, KEY, new Explanation.FirstTime()));
    }
  }

  private void makeAgain(int task) {
    List<Integer> producers = new ArrayList<>();
    int step = machine.state().stepOf(task);
    for (int other = 0; other < machine.state().tasks(); other++) {
      if (machine.state().stepOf(other) < step
          && machine.state().status(other) instanceof TaskStatus.Succeeded) {
        producers.add(other);
      }
    }
    if (!producers.isEmpty() && random.nextInt(3) == 0) {
      wish(new RunWish.MakeAgain(task, producers));
    } else {
      prepare.add(task);
    }
  }

  private boolean touch(int task) {
    switch (machine.state().status(task)) {
      case TaskStatus.Held _ -> answer(task);
      case TaskStatus.Queued _ -> start(task);
      case TaskStatus.Running(_, int attempt, _) -> end(task, attempt);
      case TaskStatus.Waiting _,
          TaskStatus.Ready _,
          TaskStatus.Backoff _,
          TaskStatus.Succeeded _,
          TaskStatus.Failed _,
          TaskStatus.Skipped _,
          TaskStatus.Cancelled _,
          TaskStatus.Retired _ -> {
        return false;
      }
    }
    return true;
  }

  private void answer(int task) {
    wish(
        random.nextInt(5) == 0
            ? new RunWish.Reject(task, "ada", "not now")
            : new RunWish.Approve(task, "ada", ""));
  }

  private void start(int task) {
    switch (random.nextInt(12)) {
      case 0 -> {
        wish(new RunWish.Reconsider(task));
      }
      case 1 -> wish(new RunWish.FailTask(task, Failure.of(FailureKind.RESOURCES, "too large")));
      default -> {
        onStart.accept(machine, task);
        wish(new RunWish.StartAttempt(task, "w"));
      }
    }
  }

  private void end(int task, int attempt) {
    switch (random.nextInt(12)) {
      case 0 -> broken(task, attempt, FailureKind.USER);
      case 1 -> broken(task, attempt, FailureKind.LOST);
      case 2 -> broken(task, attempt, FailureKind.OOM);
      case 3 -> wish(new RunWish.AttemptDone(task, attempt - 1, RESULT));
      case 4 -> broken(task, attempt + 1, FailureKind.USER);
      case 5 -> {
        prepare.removeIf(other -> other == task);
        makeAgain(task);
        prepare.removeIf(other -> other == task && !isReady(task));
      }
      case 6 -> wish(new RunWish.AttemptDone(task, attempt, RESULT, DIFFERENCE));
      default -> wish(new RunWish.AttemptDone(task, attempt, RESULT));
    }
  }

  private boolean isReady(int task) {
    return machine.state().status(task) instanceof TaskStatus.Ready;
  }

  private void broken(int task, int attempt, FailureKind kind) {
    wish(new RunWish.AttemptBroken(task, attempt, Failure.of(kind, "broken"), 0.5));
  }
}
