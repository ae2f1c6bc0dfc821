package dev.millrace.executors.docker;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.RunningAttempts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts in slots: containers that are kept, since to start one takes a hundred times as
 * long as a short command.
 *
 * <p>A slot that becomes free takes the attempt that has waited longest for one of its shape.
 * Meanwhile containers are started, few at a time: for any attempt where there is no slot yet, else
 * for those that have waited about as long as a start takes. One that comes too late for the
 * attempt it was started for takes the next. So there are soon as many slots as attempts are asked
 * for at once, if these last, and no more than keep the processors busy where they are over at
 * once. A slot that nobody has used for a while is removed.
 */
final class SlotPool implements AutoCloseable {

  private static final int LEAST_STARTS_AT_ONCE = 2;
  private static final int MOST_STARTS_AT_ONCE = 16;

  /** More starts at once take longer in all. */
  private static final int STARTS_AT_ONCE =
      Math.clamp(
          Runtime.getRuntime().availableProcessors(), LEAST_STARTS_AT_ONCE, MOST_STARTS_AT_ONCE);

  /** About as long as a start takes: who waits so long loses at most as much again. */
  private static final Duration ABOUT_A_START = Duration.ofMillis(400);

  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final DockerEngine engine;
  private final ContainerSettings settings;
  private final BiFunction<ExecutionRequest, ExecutionListener, Execution> otherwise;
  private final Patience patience;
  private final Alarms alarms;
  private final SlotLeftovers leftovers;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(daemons("millrace-slot-attempt"));
  private final Map<SlotShape, Group> groups = new HashMap<>();
  private final RunningAttempts<SlotAttempt> attempts = new RunningAttempts<>();

  /** A party for each container, and one for the pool itself. */
  private final Phaser containers = new Phaser(1);

  private final Set<String> unsuitedImages = new HashSet<>();
  private boolean apart;
  private boolean sweeps;

  /** The slots of one shape that have nothing to do, and the attempts that wait for one. */
  private static final class Group {
    private final Deque<Idle> idle = new ArrayDeque<>();
    private final Deque<SlotAttempt> waiting = new ArrayDeque<>();
    private int starting;
    private int started;
    private boolean looksAgain;

    boolean isEmpty() {
      return waiting.isEmpty() && starting == 0 && started == 0;
    }

    /** Returns how many of the waiting attempts are to have a slot started for them. */
    int wanted(long now) {
      return started == 0
          ? waiting.size()
          : (int) waiting.stream().filter(each -> each.hasWaited(ABOUT_A_START, now)).count();
    }
  }

  private record Idle(Slot slot, long since) {}

  /**
   * Makes a pool without slots.
   *
   * @param otherwise starts an attempt that turns out to have no place in a slot
   */
  SlotPool(
      DockerEngine engine,
      ContainerSettings settings,
      BiFunction<ExecutionRequest, ExecutionListener, Execution> otherwise,
      Patience patience,
      Alarms alarms) {
    this.alarms = alarms;
    this.engine = engine;
    this.settings = settings;
    this.otherwise = otherwise;
    this.patience = patience;
    leftovers = new SlotLeftovers(engine);
  }

  static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().daemon().name(name).factory();
  }

  /** Tells whether an attempt is to be started here. */
  boolean serves(ExecutionRequest request) {
    if (!SlotScript.canSay(request)) {
      return false;
    }
    synchronized (this) {
      return !apart && !unsuitedImages.contains(ContainerSettings.container(request).imageId());
    }
  }

  /**
   * Starts an attempt that is {@link #serves served}: as {@link
   * dev.millrace.executor.TaskExecutor#start}.
   */
  Execution start(ExecutionRequest request, ExecutionListener listener) {
    SlotAttempt attempt = new SlotAttempt(this, request, listener);
    if (attempts.accept(attempt)) {
      enqueue(attempt);
    } else {
      daemons("millrace-refusal")
          .newThread(() -> attempt.tell(new Cancelled(ResourceUsage.NONE)))
          .start();
    }
    return attempt;
  }

  /**
   * Starts an attempt that is served, and runs it on the caller's thread where a slot is free: as
   * {@link dev.millrace.executor.TaskExecutor#run}.
   */
  void run(ExecutionRequest request, Consumer<Execution> started, ExecutionListener listener) {
    SlotAttempt attempt = new SlotAttempt(this, request, listener);
    started.accept(attempt);
    if (!attempts.accept(attempt)) {
      attempt.tell(new Cancelled(ResourceUsage.NONE));
      return;
    }
    Slot free = takeIdle(request);
    if (free == null) {
      enqueue(attempt);
    } else {
      serve(free, attempt);
    }
  }

  /** Returns the attempts that are in slots of engines that died, and removes their other slots. */
  List<Leftover> leftovers() {
    return leftovers.find();
  }

  /** Tells whether an attempt was found here. */
  boolean holds(Leftover leftover) {
    return leftovers.holds(leftover);
  }

  /** As {@link dev.millrace.executor.TaskExecutor#adopt}. */
  Execution adopt(Leftover leftover, ExecutionRequest request, ExecutionListener listener) {
    SlotLeftovers.Found found = leftovers.take(leftover);
    SlotAttempt attempt = new SlotAttempt(this, request, listener);
    if (attempts.accept(attempt)) {
      threads.execute(() -> attempt.adopt(leftovers, found));
    } else {
      leftovers.discard(found);
      attempt.tell(new Cancelled(ResourceUsage.NONE));
    }
    return attempt;
  }

  /** As {@link dev.millrace.executor.TaskExecutor#discard}. */
  void discard(Leftover leftover) {
    leftovers.discard(leftover);
  }

  private synchronized @Nullable Slot takeIdle(ExecutionRequest request) {
    Group group = groups.get(SlotShape.of(request));
    return group == null || !group.waiting.isEmpty() ? null : takeIdle(group);
  }

  /** Takes out the slot that was used last, but for those that somebody else has ended. */
  private @Nullable Slot takeIdle(Group group) {
    for (Idle free = group.idle.pollLast(); free != null; free = group.idle.pollLast()) {
      Slot slot = free.slot();
      if (slot.isAlive()) {
        return slot;
      }
      drop(group, slot);
    }
    return null;
  }

  private synchronized void enqueue(SlotAttempt attempt) {
    SlotShape shape = SlotShape.of(attempt.request());
    attempt.waits(System.nanoTime());
    group(shape).waiting.add(attempt);
    dispatch(shape);
  }

  /** Gives waiting attempts the free slots of their shape, and has more started for the others. */
  private void dispatch(SlotShape shape) {
    Group group = group(shape);
    Slot free = group.waiting.isEmpty() ? null : takeIdle(group);
    while (free != null) {
      Slot slot = free;
      SlotAttempt attempt = group.waiting.remove();
      threads.execute(() -> serve(slot, attempt));
      free = group.waiting.isEmpty() ? null : takeIdle(group);
    }
    if (!group.waiting.isEmpty()) {
      ExecutionRequest like = group.waiting.element().request();
      int most = Math.min(group.wanted(System.nanoTime()), STARTS_AT_ONCE);
      for (; group.starting < most; group.starting++) {
        int _ = containers.register();
        threads.execute(() -> open(shape, like));
      }
      lookAgain(shape, group);
    }
  }

  private void lookAgain(SlotShape shape, Group group) {
    if (!group.looksAgain) {
      group.looksAgain = true;
      Future<?> _ =
          alarms.after(
              ABOUT_A_START,
              () -> {
                synchronized (this) {
                  group.looksAgain = false;
                  dispatch(shape);
                }
              });
    }
  }

  private void open(SlotShape shape, ExecutionRequest like) {
    Slot.Opening opening = Slot.open(engine, settings, shape, like);
    List<SlotAttempt> refused = new ArrayList<>();
    Slot late = null;
    synchronized (this) {
      Group group = group(shape);
      group.starting--;
      switch (opening) {
        case Slot.Opening.Opened(Slot slot) when attempts.isClosed() -> late = slot;
        case Slot.Opening.Opened(Slot slot) -> {
          group.started++;
          if (!sweeps) {
            sweeps = true;
            alarms.every(SWEEP, this::sweep);
          }
          group.idle.add(new Idle(slot, System.nanoTime()));
          dispatch(shape);
        }
        case Slot.Opening.Unsuited() -> {
          unsuitedImages.add(shape.imageId());
          refused.addAll(group.waiting);
          group.waiting.clear();
        }
        case Slot.Opening.Failed() -> {
          if (!group.waiting.isEmpty()) {
            refused.add(group.waiting.remove());
          }
          dispatch(shape);
        }
      }
    }
    if (!(opening instanceof Slot.Opening.Opened)) {
      int _ = containers.arriveAndDeregister();
    }
    refused.forEach(SlotAttempt::handOn);
    if (late != null) {
      remove(late);
    }
  }

  private void serve(Slot slot, SlotAttempt attempt) {
    switch (attempt.serve(slot)) {
      case SlotAttempt.Served.Ended ended -> {
        release(slot, ended.reusable());
        attempt.tell(ended.outcome());
      }
      case SlotAttempt.Served.Apart() -> {
        synchronized (this) {
          apart = true;
        }
        release(slot, false);
        attempt.handOn();
      }
    }
  }

  private synchronized void release(Slot slot, boolean reusable) {
    Group group = group(slot.shape());
    if (reusable && !attempts.isClosed()) {
      group.idle.add(new Idle(slot, System.nanoTime()));
    } else {
      drop(group, slot);
    }
    dispatch(slot.shape());
  }

  private Group group(SlotShape shape) {
    return groups.computeIfAbsent(shape, absent -> new Group());
  }

  /** Has a slot removed that is taken out of its group. */
  private void drop(Group group, Slot slot) {
    group.started--;
    threads.execute(() -> remove(slot));
  }

  private void remove(Slot slot) {
    slot.remove();
    int _ = containers.arriveAndDeregister();
  }

  private void sweep() {
    long now = System.nanoTime();
    synchronized (this) {
      for (Group group : groups.values()) {
        while (!group.idle.isEmpty()
            && now - group.idle.getFirst().since() > patience.idle().toNanos()) {
          drop(group, group.idle.removeFirst().slot());
        }
      }
      groups.values().removeIf(Group::isEmpty);
    }
  }

  /** Takes an attempt out that waits for a slot; returns false where it does not. */
  synchronized boolean withdraw(SlotAttempt attempt) {
    Group group = groups.get(SlotShape.of(attempt.request()));
    return group != null && group.waiting.remove(attempt);
  }

  ContainerSettings settings() {
    return settings;
  }

  Execution runOtherwise(ExecutionRequest request, ExecutionListener listener) {
    return otherwise.apply(request, listener);
  }

  /** Runs something on a thread of its own. */
  void execute(Runnable task) {
    threads.execute(task);
  }

  Alarms alarms() {
    return alarms;
  }

  void ended(SlotAttempt attempt) {
    attempts.ended(attempt);
  }

  Patience patience() {
    return patience;
  }

  /**
   * Cancels all attempts, waits for their ends, and removes all slots. Must not be called by a
   * listener, whose attempt it would wait for.
   */
  @Override
  public void close() {
    attempts.close().forEach(SlotAttempt::cancel);
    removeIdle();
    attempts.awaitEnds();
    int _ = containers.awaitAdvance(containers.arriveAndDeregister());
    threads.shutdown();
  }

  private synchronized void removeIdle() {
    for (Group group : groups.values()) {
      for (Iterator<Idle> each = group.idle.iterator(); each.hasNext(); ) {
        Slot slot = each.next().slot();
        each.remove();
        drop(group, slot);
      }
    }
  }
}
