package dev.millrace.dispatch;

import dev.millrace.cache.ActionKey;
import dev.millrace.dispatch.ToPlacement.Entry;
import dev.millrace.dispatch.ToPlacement.Stage;
import dev.millrace.schedule.QueuedTask;
import dev.millrace.schedule.Scheduler;
import dev.millrace.schedule.WorkerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The placement loop: brings queued tasks of all runs onto workers, and lets one of several equal
 * actions run for all. There is one in a cluster. All it knows is soft: it is told again by owners
 * and workers, so a new one is at work as soon as it has heard of them.
 *
 * <p>Lives on one loop.
 */
public final class Placement {
  /** After so many ticks in which it was not heard of, a worker or an owner is forgotten. */
  private static final int LEASE_TICKS = 5;

  /**
   * Where attempts are shorter than this on average, workers are given as many again ahead, so that
   * they need not wait for the commit of the next start. Longer ones are not: they would be said to
   * have started long before they begin.
   */
  private static final double SHORT_MILLIS = 50;

  /** Weight of the newest attempt in the average. */
  private static final double NEWEST = 0.2;

  private static final double AHEAD = 8;

  private final Scheduler scheduler = new Scheduler();
  private final Loop loop;
  private final Post post;
  private final boolean workersAreFixed;
  private final Map<String, OwnedRun> runs = new HashMap<>();
  private final Map<ActionKey, Flight> flights = new HashMap<>();
  private final Map<String, KnownWorker> workers = new HashMap<>();
  private final Runnable placing = this::place;
  private long sequence;
  private double averageMillis = SHORT_MILLIS;

  /** What one run wants and holds. */
  private static final class OwnedRun {
    private final String id;
    private final Map<Integer, Held> tasks = new HashMap<>();
    private long epoch;
    private int silentTicks;

    OwnedRun(String id) {
      this.id = id;
    }
  }

  /** A task that is queued, runs or lands. */
  private static final class Held {
    private final OwnedRun run;
    private final Entry wanted;
    private Stage stage;
    private @Nullable String worker;
    private @Nullable Flight flight;

    Held(OwnedRun run, Entry wanted) {
      this.run = run;
      this.wanted = wanted;
      stage = wanted.stage();
      worker = wanted.worker();
    }

    boolean leads() {
      return flight != null && flight.leader == this;
    }
  }

  /** An action that is queued, runs or lands, and the tasks that wait for what comes of it. */
  private static final class Flight {
    private final Held leader;
    private final Set<Held> followers = new LinkedHashSet<>();

    Flight(Held leader) {
      this.leader = leader;
    }
  }

  private static final class KnownWorker {
    private final ToPlacement.Heartbeat said;
    private int silentTicks;

    KnownWorker(ToPlacement.Heartbeat said) {
      this.said = said;
    }
  }

  /**
   * @param workersAreFixed no worker will come that is not known by the first task: what fits none
   *     of them can be refused
   */
  public Placement(Loop loop, Post post, boolean workersAreFixed) {
    this.loop = loop;
    this.post = post;
    this.workersAreFixed = workersAreFixed;
  }

  /** Takes a message. On the loop. */
  public void receive(ToPlacement message) {
    switch (message) {
      case ToPlacement.Heartbeat heartbeat -> heartbeat(heartbeat);
      case ToPlacement.FromOwner said -> {
        OwnedRun run = runOf(said);
        if (run != null) {
          receive(run, said);
        }
      }
    }
  }

  private void receive(OwnedRun run, ToPlacement.FromOwner message) {
    switch (message) {
      case ToPlacement.Want(_, _, var entry) -> adopt(run, entry);
      case ToPlacement.Freed(_, _, int task, int attempt, long millis) ->
          freed(attempt(run, task, attempt), millis);
      case ToPlacement.Gone(_, _, int task, int attempt) -> drop(attempt(run, task, attempt));
      case ToPlacement.Sync(_, _, var entries) -> sync(run, entries);
    }
  }

  /** Returns the run as its newest owner knows it, or null where an older one speaks. */
  private @Nullable OwnedRun runOf(ToPlacement.FromOwner message) {
    OwnedRun run = runs.computeIfAbsent(message.run(), OwnedRun::new);
    if (message.epoch() < run.epoch) {
      return null;
    }
    if (message.epoch() > run.epoch) {
      dropAll(run);
      run.epoch = message.epoch();
    }
    run.silentTicks = 0;
    return run;
  }

  // ---- what owners want ----

  private void adopt(OwnedRun run, Entry entry) {
    Held known = run.tasks.get(entry.task());
    if (known != null && isSame(known, entry)) {
      if (known.stage == Stage.RUNNING && entry.stage() == Stage.QUEUED) {
        grant(known); // The grant was lost, or is on its way.
      }
      return;
    }
    drop(known);
    Held held = new Held(run, entry);
    run.tasks.put(entry.task(), held);
    switch (held.stage) {
      case QUEUED -> queue(held);
      case RUNNING -> {
        if (held.worker != null) {
          scheduler.occupy(held.worker, task(held));
        }
        lead(held);
      }
      case LANDING -> lead(held);
    }
  }

  /** Tells whether what is known of a task goes together with what its owner says of it. */
  private static boolean isSame(Held known, Entry said) {
    return known.wanted.attempt() == said.attempt()
        && (said.stage() == Stage.QUEUED ? known.stage != Stage.LANDING : agrees(known, said));
  }

  private static boolean agrees(Held known, Entry said) {
    return known.stage == said.stage()
        && (known.stage == Stage.LANDING || String.valueOf(known.worker).equals(said.worker()));
  }

  private void queue(Held held) {
    Entry wanted = held.wanted;
    if (!scheduler.couldEverPlace(wanted.demand()) && workersAreFixed) {
      held.run.tasks.remove(wanted.task());
      post.toOwner(new ToOwner.Unplaceable(held.run.id, wanted.task(), wanted.attempt()));
      return;
    }
    if (follows(held)) {
      return;
    }
    lead(held);
    scheduler.offer(task(held));
    loop.atBatchEnd(placing);
  }

  private QueuedTask task(Held held) {
    Entry wanted = held.wanted;
    return new QueuedTask(
        held.run.id,
        wanted.task(),
        wanted.demand(),
        wanted.priority(),
        sequence++,
        wanted.weight(),
        List.of());
  }

  /** Lets a task wait for an equal one, if there is one. */
  private boolean follows(Held held) {
    Flight flight = held.wanted.key() == null ? null : flights.get(held.wanted.key());
    if (flight == null) {
      return false;
    }
    held.flight = flight;
    return flight.followers.add(held);
  }

  private void lead(Held held) {
    ActionKey key = held.wanted.key();
    if (key != null && !flights.containsKey(key)) {
      held.flight = new Flight(held);
      flights.put(key, held.flight);
    }
  }

  private static @Nullable Held attempt(OwnedRun run, int task, int attempt) {
    Held held = run.tasks.get(task);
    return held == null || held.wanted.attempt() != attempt ? null : held;
  }

  private void freed(@Nullable Held held, long millis) {
    if (held != null && held.stage == Stage.RUNNING) {
      averageMillis += NEWEST * (millis - averageMillis);
      release(held);
      held.stage = Stage.LANDING;
    }
  }

  private void release(Held held) {
    if (held.stage == Stage.RUNNING && held.worker != null) {
      scheduler.release(held.worker, held.run.id, held.wanted.task());
      loop.atBatchEnd(placing);
    }
  }

  private void drop(@Nullable Held held) {
    if (held == null) {
      return;
    }
    held.run.tasks.remove(held.wanted.task());
    release(held);
    if (held.stage == Stage.QUEUED) {
      scheduler.withdraw(held.run.id, held.wanted.task());
    }
    Flight flight = held.flight;
    if (flight != null && held.leads()) {
      land(flight);
    } else if (flight != null) {
      flight.followers.remove(held);
    }
  }

  /** Lets those go on that wait for an action. */
  private void land(Flight flight) {
    flights.remove(flight.leader.wanted.key());
    for (Held follower : List.copyOf(flight.followers)) {
      follower.flight = null;
      follower.run.tasks.remove(follower.wanted.task());
      post.toOwner(
          new ToOwner.Reconsider(
              follower.run.id, follower.wanted.task(), follower.wanted.attempt()));
    }
  }

  private void dropAll(OwnedRun run) {
    for (Held held : List.copyOf(run.tasks.values())) {
      drop(held);
    }
  }

  private void sync(OwnedRun run, List<Entry> entries) {
    Set<Integer> said = new HashSet<>();
    for (Entry entry : entries) {
      said.add(entry.task());
    }
    for (Held held : List.copyOf(run.tasks.values())) {
      if (!said.contains(held.wanted.task())) {
        drop(held);
      }
    }
    for (Entry entry : entries) {
      adopt(run, entry);
    }
  }

  // ---- workers ----

  private void heartbeat(ToPlacement.Heartbeat heartbeat) {
    WorkerSpec spec = heartbeat.spec();
    KnownWorker known = workers.put(spec.name(), new KnownWorker(heartbeat));
    if (known == null || isNews(known.said, heartbeat)) {
      scheduler.addWorker(spec);
      if (heartbeat.stalled() != null) {
        scheduler.drain(spec.name());
      }
      loop.atBatchEnd(placing);
    }
    if (known == null) {
      occupy(spec.name());
    }
  }

  private static boolean isNews(ToPlacement.Heartbeat before, ToPlacement.Heartbeat now) {
    return !before.spec().equals(now.spec())
        || (before.stalled() == null) != (now.stalled() == null);
  }

  /** Counts what runs on a worker that was not known when it was told of. */
  private void occupy(String worker) {
    for (OwnedRun run : runs.values()) {
      for (Held held : run.tasks.values()) {
        if (held.stage == Stage.RUNNING && worker.equals(held.worker)) {
          scheduler.occupy(worker, task(held));
        }
      }
    }
  }

  private void place() {
    for (var placement : scheduler.place(averageMillis < SHORT_MILLIS ? AHEAD : 0)) {
      QueuedTask queued = placement.queued();
      OwnedRun run = runs.get(queued.run());
      Held held = run == null ? null : run.tasks.get(queued.task());
      if (held == null || held.stage != Stage.QUEUED) {
        throw new IllegalStateException("placed a task that is not queued: " + queued);
      }
      held.stage = Stage.RUNNING;
      held.worker = placement.worker();
      grant(held);
    }
  }

  private void grant(Held held) {
    if (held.worker != null) {
      Entry wanted = held.wanted;
      post.toOwner(new ToOwner.Grant(held.run.id, wanted.task(), wanted.attempt(), held.worker));
    }
  }

  /** Forgets who was not heard of for long. On the loop, at regular times. */
  public void tick() {
    for (OwnedRun run : List.copyOf(runs.values())) {
      if (run.silentTicks++ >= LEASE_TICKS) {
        dropAll(run);
        runs.remove(run.id);
      }
    }
    List<String> silent = new ArrayList<>();
    for (Iterator<KnownWorker> all = workers.values().iterator(); all.hasNext(); ) {
      KnownWorker worker = all.next();
      if (worker.silentTicks++ >= LEASE_TICKS) {
        silent.add(worker.said.spec().name());
        all.remove();
      }
    }
    silent.forEach(scheduler::removeWorker);
  }
}
