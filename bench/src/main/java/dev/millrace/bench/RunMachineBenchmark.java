package dev.millrace.bench;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.json.JsonObject;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.run.StepNode;
import dev.millrace.run.StepNode.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole run of 100,000 tasks in the run machine alone: accept, then queue, start and end each.
 * The figure is for a task, with its three decisions.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RunMachineBenchmark {
  private static final int TASKS = 100_000;

  /**
   * {@code wide}: one step; {@code joined}: ten steps, task i after task i of the one before;
   * {@code barriers}: a thousand steps of a hundred tasks, each after all of the one before.
   */
  @Param({"wide", "joined", "barriers"})
  public String shape = "";

  private final ActionKey key = new ActionKey(Samples.digest("key"));
  private final ActionResult result = Samples.result(1);
  private final Explanation why = new Explanation.FirstTime();
  private final List<StepNode> steps = new ArrayList<>();

  /** Makes the steps. */
  @Setup
  public void makeSteps() {
    int count =
        switch (shape) {
          case "wide" -> 1;
          case "joined" -> 10;
          default -> 1000;
        };
    for (int step = 0; step < count; step++) {
      int size = TASKS / count;
      steps.add(
          step == 0
              ? StepNode.of(size)
              : StepNode.of(size, new Link(step - 1, shape.equals("joined"))));
    }
  }

  /** Runs it. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public RunStatus run() {
    RunMachine machine = new RunMachine(steps);
    machine.decide(new RunWish.Accept(JsonObject.EMPTY), 0);
    int[] ready = machine.takeTodo().prepare().toArray();
    while (ready.length > 0) {
      for (int task : ready) {
        machine.decide(new RunWish.Queue(task, key, why), task);
        machine.decide(new RunWish.StartAttempt(task, "w0"), task);
        machine.decide(new RunWish.AttemptDone(task, 1, result), task);
      }
      ready = machine.takeTodo().prepare().toArray();
    }
    RunStatus status = machine.state().runStatus();
    if (status != RunStatus.SUCCEEDED) {
      throw new IllegalStateException("the run is " + status);
    }
    return status;
  }
}
