package dev.millrace.automation;

import dev.millrace.journal.DefinitionStore;
import dev.millrace.journal.DefinitionStore.Definition;
import dev.millrace.json.JsonObject;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of a server, and their firing.
 *
 * <p>An instant is settled once a run of it is durable, or once it was decided that there is to be
 * none; then that is recorded with the schedule. Between the two a process may die: the next one
 * finds the instant due again, and its run by the label that names the cause. So an instant is one
 * run, whenever the process dies. The clock is asked again and again instead of waiting for a time,
 * so a machine that slept, or whose clock was set, is no special case. Safe for use by many
 * threads; changes are made one after the other.
 */
public final class Schedules {
  /** There can be so many. */
  public static final int MOST = 1_000;

  private static final String KIND = "schedule";
  private static final Duration PAUSE_AFTER_TROUBLE = Duration.ofSeconds(5);
  private static final Duration NOTICED_BACK = Duration.ofSeconds(30);

  private final DefinitionStore store;
  private final Launcher launcher;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private final NavigableMap<String, Entry> entries = new ConcurrentSkipListMap<>();
  private Instant lastTick = Instant.MIN;

  /**
   * @param warnings is told what keeps schedules from being followed
   */
  public Schedules(
      DefinitionStore store, Launcher launcher, InstantSource clock, Consumer<String> warnings) {
    this.store = store;
    this.launcher = launcher;
    this.clock = clock;
    this.warnings = warnings;
    for (Definition row : store.list(KIND, "", MOST)) {
      ScheduleState state = ScheduleState.read(row.name(), row.value());
      entries.put(row.name(), entry(state));
    }
  }

  /**
   * A schedule with when it is looked at next.
   *
   * @param next null for never
   */
  private record Entry(ScheduleState state, @Nullable Instant next) {
    boolean isDue(Instant now) {
      return next != null && !next.isAfter(now);
    }
  }

  private Entry entry(ScheduleState state) {
    Instant settled = Due.settled(state.settled(), clock.instant());
    ScheduleState looked =
        settled.equals(state.settled())
            ? state
            : new ScheduleState(state.schedule(), state.by(), settled, state.failing());
    return new Entry(looked, state.schedule().next(settled));
  }

  /**
   * A schedule as it is shown.
   *
   * @param spec as it was given
   * @param by the name of the token that set it up
   * @param next the times at which it is due next, few or none
   * @param failing the last time that was passed over, or null
   */
  public record View(
      String name, JsonObject spec, String by, List<Instant> next, @Nullable Failing failing) {
    public View {
      next = List.copyOf(next);
    }
  }

  /**
   * Sets a schedule up, or changes it. Times before now are not made up for where they were not due
   * before.
   *
   * @param spec in the form of the contract
   * @return what is wrong with it; it is kept if that is nothing
   * @throws IOException if it cannot be recorded
   */
  public List<Problem> put(String name, JsonObject spec, String by) throws IOException {
    List<Problem> problems = new ArrayList<>();
    Schedule schedule = Schedule.read(name, spec, problems);
    problems.addAll(Target.read(spec, new ArrayList<>()).check(launcher));
    if (schedule == null || !problems.isEmpty()) {
      return problems;
    }
    synchronized (this) {
      Entry before = entries.get(name);
      if (before == null && entries.size() >= MOST) {
        return List.of(new Problem("too-many", "", "there are " + MOST + " schedules: delete one"));
      }
      if (before != null && !schedule.differsInTimes(before.state.schedule())) {
        ScheduleState old = before.state;
        save(new ScheduleState(schedule, by, old.settled(), old.failing()));
      } else {
        save(new ScheduleState(schedule, by, clock.instant(), null));
      }
    }
    return List.of();
  }

  private void save(ScheduleState state) throws IOException {
    String name = state.schedule().name();
    store.change(KIND, name, _ -> state.text());
    entries.put(name, entry(state));
  }

  /**
   * Forgets a schedule; runs of it stay.
   *
   * @return false if there was none
   */
  public synchronized boolean delete(String name) throws IOException {
    if (!entries.containsKey(name)) {
      return false;
    }
    store.change(KIND, name, _ -> null);
    entries.remove(name);
    return true;
  }

  /**
   * Returns a schedule, or null.
   *
   * @param times so many of the next times at most
   */
  public @Nullable View find(String name, int times) {
    Entry entry = entries.get(name);
    return entry == null ? null : view(entry, times);
  }

  /** Lists schedules by name, behind the name {@code after}, at most {@code limit} of them. */
  public List<View> list(String after, int limit) {
    return entries.tailMap(after, false).values().stream()
        .limit(limit)
        .map(entry -> view(entry, 1))
        .toList();
  }

  private static View view(Entry entry, int times) {
    ScheduleState state = entry.state;
    List<Instant> next = new ArrayList<>();
    Instant at = entry.next;
    while (at != null && next.size() < times) {
      next.add(at);
      at = state.schedule().next(at);
    }
    return new View(
        state.schedule().name(), state.schedule().spec(), state.by(), next, state.failing());
  }

  /**
   * Starts a run of a schedule at once, whatever still runs.
   *
   * @param key launches with the same key are one
   * @return null if there is no such schedule
   */
  public @Nullable Launched runNow(String name, String by, String key) throws IOException {
    Entry entry = entries.get(name);
    return entry == null
        ? null
        : launcher.launch(entry.state.schedule().launchNow(clock.instant(), by, key));
  }

  /** Starts what is due; to be called often. Does not throw: it warns, and tries again. */
  public void tick() {
    Instant now = clock.instant();
    if (now.isBefore(lastTick.minus(lastTick.equals(Instant.MIN) ? Duration.ZERO : NOTICED_BACK))) {
      lookAgain();
    }
    lastTick = now;
    for (String name : entries.keySet()) {
      Entry entry = entries.get(name);
      if (entry != null && entry.isDue(now)) {
        fire(name, now);
      }
    }
  }

  /** The clock was set back: what is next may be earlier than it was. */
  private synchronized void lookAgain() {
    entries.replaceAll((_, entry) -> entry(entry.state));
  }

  private synchronized void fire(String name, Instant now) {
    Entry entry = entries.get(name);
    if (entry == null || !entry.isDue(now)) {
      return;
    }
    try {
      fire(entry.state, now);
    } catch (IOException | RuntimeException e) {
      warnings.accept("schedule " + name + " cannot be followed now: " + e);
      entries.put(name, new Entry(entries.getOrDefault(name, entry).state, later(now)));
    }
  }

  private static Instant later(Instant now) {
    return now.plus(PAUSE_AFTER_TROUBLE);
  }

  private void fire(ScheduleState before, Instant now) throws IOException {
    ScheduleState state = before;
    Due due = Due.at(state.schedule(), state.settled(), now);
    Instant missed = due.missed();
    if (missed != null) {
      state = state.failingAt(now, "no server was there at " + missed);
    }
    for (Instant at : due.fire()) {
      String why = why(launcher.launch(state.schedule().launch(at, state.by())), at);
      state = (why == null ? state : state.failingAt(now, why)).settledAt(at);
      save(state);
    }
    save(due.fire().isEmpty() ? state.settledAt(now) : state);
  }

  private static @Nullable String why(Launched launched, Instant at) {
    return switch (launched) {
      case Launched.Started _ -> null;
      case Launched.Overlapping(String run) -> "run " + run + " still went on at " + at;
      case Launched.Refused(String why) -> "the run for " + at + " was refused: " + why;
    };
  }
}
