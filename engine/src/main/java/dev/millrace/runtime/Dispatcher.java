package dev.millrace.runtime;

import dev.millrace.cache.ActionKey;
import dev.millrace.schedule.Demand;
import dev.millrace.schedule.Placement;
import dev.millrace.schedule.QueuedTask;
import dev.millrace.schedule.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings queued tasks of all runs onto workers, and lets one of several equal actions run for all.
 * Lives on the engine's loop.
 */
final class Dispatcher {
  /**
   * Where attempts are shorter than this on average, the worker is given as many again ahead, so
   * that it need not wait for the commit of the next start. Longer ones are not: they would be said
   * to have started long before they begin.
   */
  private static final double SHORT_MILLIS = 50;

  /** Weight of the newest attempt in the average. */
  private static final double NEWEST = 0.2;

  private static final double AHEAD = 8;

  /** With fewer attempts than this before it, a worker soon has nothing to do. */
  private static final int HUNGRY = 4;

  private final Scheduler scheduler = new Scheduler();
  private final EventLoop loop;
  private final LocalWorker worker;
  private final Map<String, RunDriver> runs = new HashMap<>();
  private final Map<ActionKey, Flight> flights = new HashMap<>();
  private final Runnable placing = this::place;
  private long sequence;
  private double averageMillis = SHORT_MILLIS;

  /** An action that runs or is queued, and the tasks that wait for what comes of it. */
  private record Flight(Task leader, List<Task> followers) {}

  private record Task(RunDriver run, int number) {}

  Dispatcher(
      EventLoop loop, LocalWorker worker, Map<String, Double> resources, Set<String> executors) {
    this.loop = loop;
    this.worker = worker;
    scheduler.addWorker(worker.name(), executors, resources);
  }

  void addRun(RunDriver run) {
    runs.put(run.id(), run);
  }

  void removeRun(RunDriver run) {
    runs.remove(run.id());
    scheduler.withdraw(run.id());
  }

  /** Ends all runs here without an end in their journals. */
  void failRuns(Throwable cause) {
    List.copyOf(runs.values()).forEach(run -> run.fail(cause));
  }

  /** Returns whether the worker will soon have nothing to do but for attempts not yet started. */
  boolean isHungry() {
    return worker.waiting() < HUNGRY;
  }

  /** Returns whether the task can ever run here. */
  boolean couldEverPlace(Demand demand) {
    return scheduler.couldEverPlace(demand);
  }

  /** Queues a task, or lets it wait for an equal one. */
  void enqueue(RunDriver run, PreparedTask prepared) {
    Task task = new Task(run, prepared.task());
    if (prepared.mergeable()) {
      Flight flight = flights.get(prepared.key());
      if (flight != null && !flight.leader.equals(task)) {
        flight.followers.add(task);
        return;
      }
      flights.put(prepared.key(), new Flight(task, new ArrayList<>()));
    }
    scheduler.offer(
        new QueuedTask(
            run.id(), prepared.task(), prepared.demand(), prepared.priority(), sequence++));
    loop.atBatchEnd(placing);
  }

  private void place() {
    for (Placement placement : scheduler.place(averageMillis < SHORT_MILLIS ? AHEAD : 0)) {
      QueuedTask queued = placement.queued();
      RunDriver run = runs.get(queued.run());
      if (run == null || !run.startAttempt(queued.task(), placement.worker())) {
        // The task was cancelled while it was queued.
        scheduler.release(placement.worker(), queued.demand());
        loop.atBatchEnd(placing);
      }
    }
  }

  /** Starts an attempt whose start is durable. */
  LocalWorker.RunningAttempt start(RunDriver run, Assignment assignment) {
    return worker.start(
        assignment,
        (report, millis) -> loop.execute(() -> reported(run, assignment, report, millis)));
  }

  private void reported(RunDriver run, Assignment assignment, AttemptReport report, long millis) {
    averageMillis += NEWEST * (millis - averageMillis);
    scheduler.release(worker.name(), assignment.prepared().demand());
    loop.atBatchEnd(placing);
    run.attemptEnded(assignment, report);
  }

  /**
   * Lets those go on that wait for this task's action: called when the task no longer runs nor is
   * queued, and what it came to is durable.
   */
  void landed(RunDriver run, PreparedTask prepared) {
    Flight flight = flights.get(prepared.key());
    if (flight == null || !flight.leader.equals(new Task(run, prepared.task()))) {
      return;
    }
    flights.remove(prepared.key());
    for (Task follower : flight.followers) {
      follower.run.reconsider(follower.number);
    }
  }
}
