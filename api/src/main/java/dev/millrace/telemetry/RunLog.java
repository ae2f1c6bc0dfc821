package dev.millrace.telemetry;

import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.EngineObserver;
import dev.millrace.runtime.RunView;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes to the log what an engine does. */
final class RunLog implements EngineObserver {
  /** The label that says who submitted a run. */
  static final String BY_LABEL = "submitted-by";

  /** A run may have a million tasks, and all of them may fail. */
  private static final int MOST_FAILURES = 100;

  private final Log runs = Log.of("runs");
  private final Log engine = Log.of("engine");
  private final Map<String, Followed> followed = new HashMap<>();
  private final Map<String, String> troubles = new HashMap<>();
  private @Nullable String paused;
  private boolean journalFailed;

  private static final class Followed {
    private final Taken run;
    private int failures;

    Followed(Taken run) {
      this.run = run;
    }
  }

  @Override
  public void taken(Taken run) {
    followed.put(run.run(), new Followed(run));
    if (run.continued()) {
      runs.info("run goes on", Map.of(Log.RUN, run.run()));
    }
  }

  @Override
  public void left(String run) {
    followed.remove(run);
    // A run that ends with its trouble tells of no recovery.
    recovered(run);
  }

  @Override
  public void committed(RunView run, List<CommittedFact> facts) {
    Followed known = followed.get(run.id());
    if (known != null) {
      facts.forEach(fact -> write(run, fact, known));
    }
  }

  private void write(RunView run, CommittedFact fact, Followed known) {
    switch (fact.event()) {
      case RunEvent.RunAccepted _ -> runs.info("run accepted", fields(run, known));
      case RunEvent.RunReopened(var by) -> {
        Map<String, Object> fields = fields(run, known);
        fields.put("by", by);
        runs.info("run taken up again", fields);
      }
      case RunEvent.CancelRequested _ ->
          runs.info("run is being cancelled", Map.of(Log.RUN, run.id()));
      case RunEvent.RunFinished(var status) -> {
        Map<String, Object> fields = fields(run, known);
        fields.put("status", status.label());
        fields.put("seconds", (fact.atMillis() - known.run.acceptedMillis()) / 1e3);
        runs.info("run ended", fields);
      }
      case RunEvent.AttemptFailed(int task, _, var failure, var retryAt) when retryAt == null ->
          failed(run, known, task, failure);
      case RunEvent.TaskFailed(int task, var failure) -> failed(run, known, task, failure);
      case RunEvent.TaskRejected rejected ->
          failed(run, known, rejected.task(), rejected.failure());
      case RunEvent.ResultDiffered(int task, _, _, var outputs) ->
          runs.warning(
              "another result than the recorded one",
              Map.of(Log.RUN, run.id(), Log.TASK, run.taskName(task), "outputs", outputs));
      default -> {}
    }
  }

  private static Map<String, Object> fields(RunView run, Followed known) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put(Log.RUN, run.id());
    fields.put("pipeline", run.plan().pipeline().name());
    String by = known.run.labels().get(BY_LABEL);
    if (by != null) {
      fields.put("by", by);
    }
    return fields;
  }

  private void failed(RunView run, Followed known, int task, Failure failure) {
    known.failures++;
    if (known.failures < MOST_FAILURES) {
      runs.warning(
          "task failed",
          Map.of(
              Log.RUN,
              run.id(),
              Log.TASK,
              run.taskName(task),
              "kind",
              failure.kind().label(),
              "reason",
              failure.message()));
    } else if (known.failures == MOST_FAILURES) {
      runs.warning("more tasks failed, of which no line is written", Map.of(Log.RUN, run.id()));
    }
  }

  /** All runs of an engine meet the same trouble at once: it is told once. */
  @Override
  public void trouble(String run, String message) {
    boolean known = troubles.containsValue(message);
    troubles.put(run, message);
    if (!known) {
      engine.warning("runs cannot go on", Map.of(Log.RUN, run, "reason", message));
    }
  }

  @Override
  public void recovered(String run) {
    if (troubles.remove(run) != null && troubles.isEmpty()) {
      engine.info("nothing keeps runs from going on any more", Map.of());
    }
  }

  @Override
  public synchronized void paused(@Nullable String reason) {
    if (reason == null && paused != null) {
      engine.info("tasks are started again", Map.of());
    } else if (reason != null && !reason.equals(paused)) {
      engine.warning("no task is started", Map.of("reason", reason));
    }
    paused = reason;
  }

  @Override
  public void journal(int changes, long nanos, @Nullable IOException failure) {
    if (failure != null && !journalFailed) {
      engine.error(
          "the journal cannot be written",
          Map.of("reason", String.valueOf(failure.getMessage())),
          null);
    } else if (failure == null && journalFailed) {
      engine.info("the journal is written again", Map.of());
    }
    journalFailed = failure != null;
  }

  @Override
  public void broken(Throwable cause) {
    engine.error("the engine broke; all its runs are given up", Map.of(), cause);
  }
}
