package dev.millrace.runtime;

import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.plan.PlannedStep;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunState;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskStatus;
import dev.millrace.run.Todo;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a run and its one writer: turns what happens into wishes, commits the facts, and
 * does what the machine then asks for. Lives on the engine's loop.
 */
final class RunDriver implements CommitBuffer.Client, Preparing.Client, ImagePinning.Client {
  /** After so many ticks without a fact it makes sure that nobody else has the run. */
  private static final int QUIET_TICKS = 5;

  private final RunContext context;
  private final RunMachine machine;
  private final CommitBuffer commits;
  private final TaskPreparer preparer;
  private final Preparing preparing;
  private final ImagePinning pinning;
  private final RunDispatch dispatch;
  private final Snapshots snapshots;
  private final RunListener listener;
  private final Troubles troubles;
  private final RunView view;
  private final CompletableFuture<RunEnd> done = new CompletableFuture<>();
  private final StepTimes times = new StepTimes();
  private final Runnable flushing;
  private boolean ended;
  private int quietTicks;

  RunDriver(
      RunContext context,
      RunMachine machine,
      Journal journal,
      CommitBuffer.Owned owned,
      RunListener listener) {
    this.context = context;
    this.machine = machine;
    this.listener = listener;
    troubles = new Troubles(listener);
    commits = new CommitBuffer(context.loop(), journal, owned, this);
    flushing = commits::flush;
    dispatch = new RunDispatch(context, owned.epoch(), commits, this::prepareMore);
    preparer = new TaskPreparer(context);
    snapshots = new Snapshots(context.plan(), machine.state());
    preparing = new Preparing(context, machine.state(), snapshots, preparer, this, dispatch::size);
    pinning = new ImagePinning(context, this);
    view = new RunView(context.id(), context.plan(), machine.state());
  }

  String id() {
    return context.id();
  }

  CompletableFuture<RunEnd> done() {
    return done;
  }

  /** Returns the run as others may see it, on the loop. */
  RunView view() {
    return view;
  }

  /** Returns whether the run's end is durable. */
  boolean hasEnded() {
    return ended;
  }

  // ---- its life ----

  /** Begins a run whose first facts are durable. */
  void begin(List<CommittedFact> first) {
    committed(first);
    work(machine.takeTodo());
  }

  /**
   * Goes on with a run that was read back.
   *
   * @param present addresses of workers on which its attempts may still run
   * @param kept tasks whose attempts go on here though their worker is not present
   */
  void goOn(Set<String> present, Map<Integer, PreparedTask> kept) {
    wish(new RunWish.Recover(present, kept.keySet()));
    RunState state = machine.state();
    for (int task = 0; task < state.tasks(); task++) {
      if (state.status(task) instanceof TaskStatus.Running(_, int attempt, String worker)) {
        dispatch.adopt(task, attempt, worker, kept.get(task));
        if (state.mustStop(task)) {
          dispatch.stop(task);
        }
      }
    }
  }

  /** Gives the run up; its journal stays as it is, and it goes on when it is submitted again. */
  void abandon(Throwable cause) {
    commits.close();
    preparing.close();
    pinning.close();
    done.completeExceptionally(cause);
  }

  @Override
  public void replaced(Throwable failure) {
    abandon(new IllegalStateException("another engine has taken the run over", failure));
  }

  /** Decides, and does what follows. */
  void wish(RunWish wish) {
    List<RunEvent> facts = machine.decide(wish, context.now());
    facts.forEach(context.images()::apply);
    commits.add(facts);
    if (machine.state().runStatus() != RunStatus.RUNNING) {
      commits.hurry();
    }
    context.loop().atBatchEnd(flushing);
    work(machine.takeTodo());
  }

  /**
   * Does what somebody asks.
   *
   * @param answered called on the loop when what came of it is durable
   */
  void command(RunWish.Command wish, Runnable answered) {
    wish(wish);
    commits.whenDurable(answered);
    commits.hurry();
    if (wish instanceof RunWish.Cancel) {
      dispatch.forgetQueuedUnless(
          task -> machine.state().status(task) instanceof TaskStatus.Queued);
    }
  }

  private void work(Todo todo) {
    preparing.add(todo.prepare());
    for (int step : todo.expand().toArray()) {
      expand(step);
    }
    for (int task : todo.stop().toArray()) {
      dispatch.stop(task);
    }
    for (int task : todo.wake().toArray()) {
      wake(task);
    }
    preparing.fill();
  }

  private void wake(int task) {
    if (machine.state().status(task) instanceof TaskStatus.Backoff backoff) {
      long delay = backoff.untilMillis() - context.now();
      context.loop().schedule(delay, () -> retry(task));
    }
  }

  private void retry(int task) {
    if (!done.isDone()) {
      wish(new RunWish.Retry(task));
    }
  }

  // ---- preparing ----

  private void prepareMore() {
    preparing.fill();
  }

  @Override
  public void prepared(List<Preparation> found) {
    found.forEach(this::apply);
  }

  private void apply(Preparation preparation) {
    switch (preparation) {
      case Preparation.Skip(var task) -> wish(new RunWish.SkipTask(task));
      case Preparation.Fail(var task, var failure) -> wish(new RunWish.FailTask(task, failure));
      case Preparation.Hit(var task, var key, var result, var why) ->
          wish(new RunWish.TakeCached(task, key, result, why));
      case Preparation.MakeAgain(var task, var producers) -> makeAgain(task, producers);
      case Preparation.Miss(var task, var why) -> queue(task, why);
    }
  }

  @Override
  public void unpinned(TaskPreparer.Unpinned task) {
    pinning.await(task.image(), task.pull(), task.task());
  }

  @Override
  public void pinned(ImageName name, String imageId) {
    wish(new RunWish.PinImage(name.executor(), name.image(), imageId));
  }

  @Override
  public void imageRefused(int task, Failure failure) {
    wish(new RunWish.FailTask(task, failure));
    preparing.drop();
  }

  @Override
  public void imageTrouble(ImageName name, @Nullable String message) {
    troubles.set("image " + name.image(), message);
  }

  @Override
  public void imageProgress(ImageName name, String message) {
    troubles.progress("image " + name.image(), message);
  }

  @Override
  public void prepareAgain(List<Integer> tasks) {
    preparing.again(tasks);
  }

  private void queue(PreparedTask task, Explanation why) {
    wish(new RunWish.Queue(task.task(), task.key(), why));
    if (machine.state().status(task.task()) instanceof TaskStatus.Queued) {
      dispatch.want(task, machine.state().attempts(task.task()) + 1);
    }
  }

  @Override
  public void makeAgain(int task, List<Integer> producers) {
    snapshots.forgetFanIns();
    wish(new RunWish.MakeAgain(task, producers));
  }

  private void expand(int step) {
    SeenTask source = snapshots.listSource(step);
    context
        .workers()
        .execute(
            () -> {
              RunWish expanded = preparer.readList(step, source);
              context.loop().execute(() -> wish(expanded));
            });
  }

  // ---- dispatch ----

  /** Takes a message of the placement loop or of a worker. */
  void receive(ToOwner message) {
    context.loop().atBatchEnd(flushing);
    switch (message) {
      case ToOwner.Grant grant -> granted(grant);
      case ToOwner.Reconsider(_, int task, int attempt) -> reconsider(task, attempt);
      case ToOwner.Unplaceable(_, int task, int attempt) -> unplaceable(task, attempt);
      case ToOwner.Report report -> reported(report);
      case ToOwner.Holding holding -> {
        troubles.set("worker " + holding.worker(), holding.stalled());
        dispatch.compare(holding).forEach(this::lost);
      }
    }
  }

  private void granted(ToOwner.Grant grant) {
    int task = grant.task();
    if (!dispatch.isWanted(grant)) {
      dispatch.refuse(grant);
    } else if (machine.state().status(task) instanceof TaskStatus.Queued) {
      wish(new RunWish.StartAttempt(task, grant.worker()));
      dispatch.start(task, grant.worker());
    } else {
      dispatch.forget(task, grant.attempt());
    }
  }

  private void reconsider(int task, int attempt) {
    if (dispatch.isQueued(task, attempt)) {
      dispatch.forget(task, attempt);
      wish(new RunWish.Reconsider(task));
    }
  }

  private void unplaceable(int task, int attempt) {
    if (dispatch.isQueued(task, attempt)) {
      Failure failure = Failure.of(FailureKind.RESOURCES, dispatch.tooLarge(task));
      dispatch.forget(task, attempt);
      wish(new RunWish.FailTask(task, failure));
    }
  }

  private void reported(ToOwner.Report message) {
    if (!dispatch.ended(message)) {
      return;
    }
    int task = message.attempt().task();
    int attempt = message.attempt().attempt();
    switch (message.report()) {
      case AttemptReport.Done(var result, var difference) -> {
        PlannedStep step = context.plan().step(machine.state().stepOf(task));
        times.add(step.step().id(), message.millis());
        wish(new RunWish.AttemptDone(task, attempt, result, difference));
      }
      case AttemptReport.Broken(var failure) ->
          wish(new RunWish.AttemptBroken(task, attempt, failure, context.jitter()));
      case AttemptReport.Stopped _ -> wish(new RunWish.AttemptStopped(task, attempt));
      case AttemptReport.InputGone(var digest) -> {
        inputGone(task, attempt, digest);
        return;
      }
    }
    dispatch.landed(task);
  }

  private void lost(int task) {
    int attempt = dispatch.lose(task);
    Failure failure = Failure.of(FailureKind.LOST, "the worker was lost under the attempt");
    wish(new RunWish.AttemptBroken(task, attempt, failure, context.jitter()));
    dispatch.landed(task);
  }

  private void inputGone(int task, int attempt, Digest digest) {
    snapshots.forgetFanIns();
    TaskSnapshot snapshot = snapshots.of(task);
    context
        .workers()
        .execute(
            () -> {
              List<Integer> producers = preparer.findLosses(snapshot);
              Failure failure = inputFailure(digest, preparer.isThere(digest));
              context.loop().execute(() -> inputGone(task, attempt, failure, producers));
            });
  }

  /** What to say of an input that no task has made: a file of the user's. */
  private static Failure inputFailure(Digest digest, boolean restored) {
    String gone = "an input file was lost from the store (" + digest.text() + ") and ";
    return restored
        ? Failure.of(FailureKind.ENGINE, gone + "was read again")
        : Failure.of(
            FailureKind.USER,
            gone
                + "is gone, or has changed, where it was; put it back, or run the pipeline anew"
                + " with `millrace run`");
  }

  private void inputGone(int task, int attempt, Failure failure, List<Integer> producers) {
    if (producers.isEmpty()) {
      wish(new RunWish.AttemptBroken(task, attempt, failure, context.jitter()));
    } else {
      makeAgain(task, producers);
    }
    dispatch.landed(task);
  }

  /** Says again what may have been lost on its way. At regular times. */
  void tick() {
    dispatch.tick().forEach(this::lost);
    if (++quietTicks > QUIET_TICKS && machine.state().runStatus() == RunStatus.RUNNING) {
      quietTicks = 0;
      commits.verifyOwnership();
    }
  }

  // ---- committing ----

  @Override
  public Summary summary() {
    return view.summary(Instant.ofEpochMilli(context.now()));
  }

  @Override
  public void journalTrouble(@Nullable Throwable failure) {
    troubles.set(
        "journal",
        failure == null ? null : "the journal cannot be written: " + failure.getMessage());
  }

  @Override
  public void preparingTrouble(@Nullable String message) {
    troubles.set("tasks", message);
  }

  @Override
  public void committed(List<CommittedFact> facts) {
    if (facts.isEmpty()) {
      return; // Somebody asked for what changes nothing, or whose the run is.
    }
    quietTicks = 0;
    listener.committed(view, facts);
    if (facts.getLast().event() instanceof RunEvent.RunFinished(var status)) {
      finish(status);
    }
  }

  /** What tasks took decides what goes first in the next run. */
  private void recordTimes() {
    Map<String, Long> means = times.means();
    if (!means.isEmpty()) {
      String pipeline = context.plan().plan().pipeline().name();
      var _ = context.host().durations().record(pipeline, means);
    }
  }

  private void finish(RunStatus status) {
    ended = true;
    dispatch.end();
    recordTimes();
    context
        .workers()
        .execute(
            () -> {
              try {
                SortedMap<String, Artifact> outputs =
                    PipelineOutputs.of(context.plan(), machine.state(), context.trees());
                done.complete(new RunEnd(context.id(), status, outputs));
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
  }
}
