package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.AttemptRunner;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.schedule.WorkerSpec;
import dev.millrace.simulation.SimulatedProcess;
import dev.millrace.simulation.SimulatedTime;
import dev.millrace.simulation.invariant.Happening;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Attempts that take virtual time, and leave what their action says or fail. */
final class SimulatedAttempts implements AttemptRunner {
  private static final List<FailureKind> KINDS =
      List.of(
          FailureKind.USER,
          FailureKind.USER,
          FailureKind.TIMEOUT,
          FailureKind.OOM,
          FailureKind.LOST,
          FailureKind.ENGINE);

  private final World world;
  private final SimulatedProcess process;
  private final WorkerSpec self;
  private final Trees trees;
  private final ResultReader results;
  private final ResultRecorder recorder;
  private final BooleanSupplier stalled;
  private final Set<Assignment> running = new LinkedHashSet<>();
  private final double failures;

  /**
   * @param stalled whether attempts cannot go on now
   * @param failures the share of attempts that fail
   */
  SimulatedAttempts(
      World world,
      SimulatedProcess process,
      WorkerSpec self,
      Links links,
      BooleanSupplier stalled,
      double failures) {
    this.world = world;
    this.process = process;
    this.self = self;
    trees = links.trees;
    results = new ResultReader(trees.store());
    recorder = new ResultRecorder(links.cache, links.shared);
    this.stalled = stalled;
    this.failures = failures;
  }

  /**
   * What a worker stores its results in.
   *
   * @param shared whether other workers record results as well
   */
  record Links(Trees trees, ActionCache cache, boolean shared) {}

  @Override
  public Running start(Assignment assignment, Consumer<AttemptReport> ended) {
    world.trace().note("begun", assignment.ref() + " on " + self.name());
    world.watch().happened(new Happening.Begun(self, assignment));
    running.add(assignment);
    Attempt attempt = new Attempt(assignment, ended);
    process.after(world.chance().spread(10, 5 * SimulatedTime.MILLI), attempt::begin);
    return attempt;
  }

  /** All die with their worker. */
  void kill() {
    running.forEach(assignment -> world.watch().happened(new Happening.Over(self, assignment)));
    running.clear();
  }

  private final class Attempt implements Running {
    private final Assignment assignment;
    private final Consumer<AttemptReport> ended;
    private final boolean fails;
    private boolean stopAsked;
    private boolean executing;
    private boolean over;

    Attempt(Assignment assignment, Consumer<AttemptReport> ended) {
      this.assignment = assignment;
      this.ended = ended;
      fails = world.chance().in(failures);
    }

    @Override
    public void stop() {
      if (!stopAsked && executing) {
        process.after(
            world.chance().spread(10, 500 * SimulatedTime.MILLI),
            () -> report(new AttemptReport.Stopped()));
      }
      stopAsked = true;
    }

    private void begin() {
      if (stopAsked) {
        report(new AttemptReport.Stopped());
        return;
      }
      if (stalled.getAsBoolean()) {
        process.after(SimulatedTime.SECOND, this::begin);
        return;
      }
      try {
        Set<Digest> missing = trees.missing(assignment.prepared().action().inputs().values());
        if (!missing.isEmpty()) {
          world.trace().note("input gone", assignment.ref());
          report(new AttemptReport.InputGone(missing.iterator().next()));
          return;
        }
      } catch (IOException e) {
        process.after(SimulatedTime.SECOND, this::begin);
        return;
      }
      executing = true;
      process.after(
          world.chance().spread(SimulatedTime.MILLI, 8 * SimulatedTime.SECOND), this::finish);
    }

    private void finish() {
      if (over) {
        return;
      }
      if (stalled.getAsBoolean()) {
        process.after(SimulatedTime.SECOND, this::finish);
        return;
      }
      try {
        report(fails ? broken() : done());
      } catch (StorageUnavailableException e) {
        process.after(SimulatedTime.SECOND, this::finish);
      } catch (IOException e) {
        report(
            new AttemptReport.Broken(
                Failure.of(FailureKind.ENGINE, "its results could not be stored: " + e)));
      }
    }

    private AttemptReport broken() {
      FailureKind kind = world.chance().of(KINDS);
      return new AttemptReport.Broken(
          new Failure(kind, "it is simulated", 1, Digest.EMPTY, Digest.EMPTY));
    }

    private AttemptReport done() throws IOException {
      PreparedTask task = assignment.prepared();
      SortedMap<String, Artifact> outputs = new TreeMap<>();
      for (OutputSpec output : task.outputs()) {
        String content = content(task, output);
        if (!content.isEmpty()) {
          Digest digest = trees.store().put(content.getBytes(StandardCharsets.UTF_8));
          outputs.put(output.name(), Artifact.file(digest));
        }
      }
      AttemptReport report =
          recorder.record(
              task,
              new ActionResult(
                  outputs,
                  results.check(task.outputs(), outputs),
                  0,
                  Digest.EMPTY,
                  Digest.EMPTY,
                  new ActionResult.Producer(
                      task.run(), task.name(), assignment.attempt(), self.name()),
                  Instant.ofEpochMilli(world.time().millis()),
                  ResourceUsage.NONE));
      noteDifference(task, report);
      return report;
    }

    /** What is said here of two results may die on its way, or never be seen. */
    private void noteDifference(PreparedTask task, AttemptReport report) {
      if (report instanceof AttemptReport.Done(_, var difference) && difference != null) {
        happened(task, "its worker reports a difference");
      } else if (world.database().isFull()) {
        happened(task, "its result is not recorded");
      }
    }

    private void happened(PreparedTask task, String why) {
      world.watch().happened(new Happening.MayDiffer(task.key(), why));
    }

    /** Equal actions leave the same, but for those that do not. */
    private String content(PreparedTask task, OutputSpec output) {
      Random random = new Random(task.key().digest().word0());
      boolean differs = world.nondeterministic() && random.nextInt(3) == 0;
      int draw = random.nextInt(100);
      return switch (output.name()) {
        case "list" -> draw < 4 ? "{\"no\": \"list\"}" : list(draw % 4);
        case "flag" -> "{\"ok\": " + (draw % 3 != 0) + "}";
        case "m" -> "{\"score\": " + draw + "}";
        case "maybe" -> draw % 2 == 0 ? "" : "maybe " + task.key();
        default -> task.key() + (differs ? " " + assignment.ref() : "");
      };
    }

    private static String list(int size) {
      List<String> items = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        items.add("\"item" + i + "\"");
      }
      return items.toString();
    }

    private void report(AttemptReport report) {
      if (!over) {
        over = true;
        running.remove(assignment);
        world.watch().happened(new Happening.Over(self, assignment));
        world.trace().note("over", assignment.ref() + " " + report.getClass().getSimpleName());
        ended.accept(report);
      }
    }
  }
}
