package dev.millrace.telemetry;

import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunStatus;
import dev.millrace.run.TaskPhase;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.EngineObserver;
import dev.millrace.runtime.RunView;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts and measures what an engine does, from the facts of its runs. What is kept of a run is
 * bounded by what it has queued and running. A fact costs a counter or two.
 */
final class RunMeters implements EngineObserver {
  private static final String TASKS = "millrace.tasks.ended";
  private static final String TASKS_HELP = "Tasks that ended, by what they came to.";

  /** All of them, so that those that have not happened yet are shown as 0. */
  private static final List<String> REASONS =
      List.of("first", "changed", "incomplete", "dropped", "off", "refresh", "verify");

  /** Every task of a run is measured up to this number, and one in so many of those beyond. */
  private static final int ALL_MEASURED = 256;

  private static final int MEASURED_PART = 8;

  private final Meters meters;
  private final Counter accepted;
  private final Map<RunStatus, Counter> ended = new EnumMap<>(RunStatus.class);
  private final Map<RunStatus, Timer> durations = new EnumMap<>(RunStatus.class);
  private final Timer firstStart;
  private final Map<TaskPhase, Counter> tasks = new EnumMap<>(TaskPhase.class);
  private final Map<FailureKind, Counter> failedTasks = new EnumMap<>(FailureKind.class);
  private final Map<FailureKind, Counter> failedAttempts = new EnumMap<>(FailureKind.class);
  private final Map<String, Counter> started = new HashMap<>();
  private final Timer queueWait;
  private final Timer dispatch;
  private final Timer attempt;
  private final Counter cached;
  private final Counter hits;
  private final Map<String, Counter> misses = new HashMap<>();
  private final Counter savedBytes;
  private final Counter savedSeconds;
  private final Counter differed;
  private final Counter inputsLost;
  private final Timer commit;
  private final DistributionSummary group;
  private final Counter commitFailures;
  private final Map<String, Followed> followed = new HashMap<>();

  /** The time of each attempt of which only the decision to start it, or its begin, is known. */
  private final Map<AttemptRef, Long> halves = new ConcurrentHashMap<>();

  /** A run, and when its tasks were queued and started. On the engine's loop. */
  private static final class Followed {
    private final Taken run;
    private final Map<Integer, Long> queued = new HashMap<>();
    private final Map<Integer, Long> started = new HashMap<>();
    private boolean hasStarted;

    Followed(Taken run) {
      this.run = run;
      hasStarted = run.continued();
    }
  }

  RunMeters(Meters meters) {
    this.meters = meters;
    accepted = meters.counter("millrace.runs.accepted", "Runs that were accepted.");
    endings();
    cached = meters.counter(TASKS, TASKS_HELP, "outcome", "cached");
    hits = meters.counter("millrace.cache.hits", "Tasks whose result was taken from the cache.");
    REASONS.forEach(reason -> misses.put(reason, miss(reason)));
    failures();
    firstStart =
        meters.timer(
            "millrace.run.first.start",
            "From a run's acceptance to the start of its first attempt.",
            Meters.SHORT);
    queueWait =
        meters.timer(
            "millrace.task.queue.wait",
            "From the moment a task is queued to the decision to start it.",
            Meters.LONG);
    dispatch =
        meters.timer(
            "millrace.dispatch.latency",
            "From the decision to start an attempt to its begin, the commit in between included.",
            Meters.SHORT);
    attempt =
        meters.timer(
            "millrace.attempt.duration",
            "From the decision to start an attempt to its durable end, if it succeeded.",
            Meters.LONG);
    savedBytes =
        meters.counter(
            "millrace.cache.saved.bytes",
            "Sizes of outputs that were taken from the cache; of directories, their lists alone.");
    savedSeconds =
        meters.counter(
            "millrace.cache.saved.seconds",
            "What the attempts took whose results were taken from the cache.");
    differed =
        meters.counter(
            "millrace.results.differed", "Attempts that came to another result than before.");
    inputsLost =
        meters.counter("millrace.inputs.lost", "Tasks whose inputs were gone from the store.");
    commit =
        meters.timer("millrace.journal.commit", "What commits of the journal took.", Meters.SHORT);
    group =
        meters.summary("millrace.journal.commit.changes", "Changes that were committed together.");
    commitFailures =
        meters.counter("millrace.journal.commit.failures", "Commits of the journal that failed.");
  }

  private void endings() {
    for (RunStatus status : RunStatus.values()) {
      if (status != RunStatus.RUNNING) {
        String label = status.label();
        String help = "Runs that ended.";
        ended.put(status, meters.counter("millrace.runs.ended", help, "status", label));
        String took = "From a run's acceptance to its end.";
        durations.put(
            status, meters.timer("millrace.run.duration", took, Meters.LONG, "status", label));
      }
    }
    for (TaskPhase phase : TaskPhase.values()) {
      if (phase.settled() && phase != TaskPhase.RETIRED) {
        tasks.put(phase, meters.counter(TASKS, TASKS_HELP, "outcome", phase.label()));
      }
    }
  }

  private void failures() {
    for (FailureKind kind : FailureKind.values()) {
      failedTasks.put(
          kind,
          meters.counter(
              "millrace.tasks.failed", "Tasks that failed for good.", "kind", kind.label()));
      failedAttempts.put(
          kind,
          meters.counter(
              "millrace.attempts.failed",
              "Attempts that failed, those that are tried again among them.",
              "kind",
              kind.label()));
    }
  }

  @Override
  public void taken(Taken run) {
    followed.put(run.run(), new Followed(run));
  }

  @Override
  public void left(String run) {
    followed.remove(run);
    if (!halves.isEmpty()) {
      halves.keySet().removeIf(one -> one.run().equals(run));
    }
  }

  /** A histogram of a hundred thousand tasks looks the same when it is made of a part of them. */
  private static boolean isMeasured(int task) {
    return task < ALL_MEASURED || task % MEASURED_PART == 0;
  }

  @Override
  public void began(AttemptRef begun, long atMillis) {
    if (isMeasured(begun.task())) {
      meet(begun, atMillis);
    }
  }

  /** Measures once both times are known, in whatever order they come. */
  private void meet(AttemptRef ref, long atMillis) {
    Long other = halves.putIfAbsent(ref, atMillis);
    if (other != null) {
      halves.remove(ref);
      dispatch.record(Math.abs(atMillis - other), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void committed(RunView run, List<CommittedFact> facts) {
    Followed known = followed.get(run.id());
    if (known != null) {
      facts.forEach(fact -> count(run, known, fact));
    }
  }

  private void count(RunView run, Followed known, CommittedFact fact) {
    long at = fact.atMillis();
    switch (fact.event()) {
      case RunEvent.RunAccepted _ -> accepted.increment();
      case RunEvent.TaskQueued(int task, _, var why) -> {
        if (isMeasured(task)) {
          known.queued.put(task, at);
        }
        misses.computeIfAbsent(reason(why), this::miss).increment();
      }
      case RunEvent.TaskReconsidered(int task) -> known.queued.remove(task);
      case RunEvent.AttemptStarted(int task, int number, _) -> {
        started.computeIfAbsent(executor(run, task), this::startedOn).increment();
        firstStart(known, at);
        if (isMeasured(task)) {
          start(known, task, at);
          meet(new AttemptRef(run.id(), task, number), at);
        }
      }
      case RunEvent.AttemptSucceeded(int task, int number, _) -> {
        count(TaskPhase.SUCCEEDED, 1);
        Long since = ended(run, known, task, number);
        if (since != null) {
          attempt.record(at - since, TimeUnit.MILLISECONDS);
        }
      }
      case RunEvent.AttemptFailed(int task, int number, var failure, var retryAt) -> {
        ended(run, known, task, number);
        count(failedAttempts.get(failure.kind()));
        if (retryAt == null) {
          failed(failure.kind());
        }
      }
      case RunEvent.AttemptCancelled(int task, int number) -> ended(run, known, task, number);
      case RunEvent.TaskCached(_, _, var result, _) -> saved(result);
      case RunEvent.TaskFailed(_, var failure) -> failed(failure.kind());
      case RunEvent.TaskRejected _ -> failed(FailureKind.USER);
      case RunEvent.TaskSkipped _ -> count(TaskPhase.SKIPPED, 1);
      case RunEvent.ResultDiffered _ -> differed.increment();
      case RunEvent.InputsLost(int task, _) -> {
        known.started.remove(task);
        inputsLost.increment();
      }
      case RunEvent.RunFinished(var status) -> finished(run, known, status, at);
      case RunEvent.StepExpanded _,
          RunEvent.ImagePinned _,
          RunEvent.ApprovalRequested _,
          RunEvent.TaskApproved _,
          RunEvent.RetryDue _,
          RunEvent.CancelRequested _,
          RunEvent.RunReopened _ -> {}
    }
  }

  private void start(Followed known, int task, long at) {
    known.started.put(task, at);
    Long since = known.queued.remove(task);
    if (since != null) {
      queueWait.record(at - since, TimeUnit.MILLISECONDS);
    }
  }

  private void firstStart(Followed known, long at) {
    if (!known.hasStarted) {
      known.hasStarted = true;
      firstStart.record(at - known.run.acceptedMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Forgets an attempt, and returns when it was started, if that is known. */
  private @Nullable Long ended(RunView run, Followed known, int task, int number) {
    if (!isMeasured(task)) {
      return null;
    }
    halves.remove(new AttemptRef(run.id(), task, number)); // one that was never begun
    return known.started.remove(task);
  }

  private void failed(FailureKind kind) {
    count(failedTasks.get(kind));
    count(TaskPhase.FAILED, 1);
  }

  private void count(TaskPhase outcome, int tasksMore) {
    Counter counter = tasks.get(outcome);
    if (counter != null && tasksMore > 0) {
      counter.increment(tasksMore);
    }
  }

  private static void count(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }

  private void saved(ActionResult result) {
    cached.increment();
    hits.increment();
    savedSeconds.increment(result.usage().wallMillis() / 1e3);
    double bytes = 0;
    for (Artifact output : result.outputs().values()) {
      bytes += (double) output.digest().size();
    }
    savedBytes.increment(bytes);
  }

  private void finished(RunView run, Followed known, RunStatus status, long at) {
    count(ended.get(status));
    Timer duration = durations.get(status);
    if (duration != null) {
      duration.record(at - known.run.acceptedMillis(), TimeUnit.MILLISECONDS);
    }
    // Tasks that end with a cancel have no facts of their own.
    count(TaskPhase.CANCELLED, run.count(TaskPhase.CANCELLED));
    known.queued.clear();
    known.started.clear();
  }

  private static String executor(RunView run, int task) {
    return run.plan().step(run.stepOf(task)).step().executor();
  }

  private Counter startedOn(String executor) {
    return meters.counter(
        "millrace.attempts.started", "Attempts that were started.", "executor", executor);
  }

  private Counter miss(String reason) {
    return meters.counter(
        "millrace.cache.misses",
        "Tasks that had to run, by why no recorded result was taken.",
        "reason",
        reason);
  }

  private static String reason(Explanation why) {
    return switch (why) {
      case Explanation.Hit _ -> "hit";
      case Explanation.FirstTime _ -> "first";
      case Explanation.Changed _ -> "changed";
      case Explanation.Incomplete _ -> "incomplete";
      case Explanation.Dropped _ -> "dropped";
      case Explanation.Off _ -> "off";
      case Explanation.Refresh _ -> "refresh";
      case Explanation.Verify _ -> "verify";
    };
  }

  @Override
  public void journal(int changes, long nanos, @Nullable IOException failure) {
    if (failure == null) {
      commit.record(nanos, TimeUnit.NANOSECONDS);
      group.record(changes);
    } else {
      commitFailures.increment();
    }
  }
}
