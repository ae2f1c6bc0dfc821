package dev.millrace.automation;

import dev.millrace.journal.DefinitionStore;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows the events of runs to the triggers that wait for some.
 *
 * <p>Events are read from the journal, never taken from whoever makes them: so each is durable, and
 * none is missed. A checkpoint says from where on. It is behind, by seconds: what was looked at
 * after it is looked at again by the next process, and a run that was started already is found by
 * its cause. A checkpoint holds the runs that went on, each with the number of the next event, and
 * its time: runs that were submitted later are looked at from their first event. Only {@link
 * #notice} and {@link #expect} may be called from any thread.
 */
public final class TriggerWatch {
  private static final String KIND = "trigger-watch";
  private static final String NAME = "checkpoint";
  private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(5);

  /** Within this time a run that was expected goes on, or never does. */
  private static final Duration LONGEST_EXPECTED = Duration.ofMinutes(1);

  /** A clock that is set back by less than this while a server dies hides no run. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  private final DefinitionStore store;
  private final Triggers triggers;
  private final WatchedRuns runs;
  private final Launcher launcher;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private final Set<String> news = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> next = new ConcurrentHashMap<>();
  private Instant lastCheckpoint = Instant.EPOCH;
  private final Map<String, Instant> expected = new ConcurrentHashMap<>();
  private boolean changed = true;

  /**
   * @param warnings is told what keeps triggers from working
   */
  public TriggerWatch(
      DefinitionStore store,
      Triggers triggers,
      WatchedRuns runs,
      Launcher launcher,
      InstantSource clock,
      Consumer<String> warnings) {
    this.store = store;
    this.triggers = triggers;
    this.runs = runs;
    this.launcher = launcher;
    this.clock = clock;
    this.warnings = warnings;
  }

  /** Says that a run has events that were not there before. Quick; does not wait. */
  public void notice(String run) {
    news.add(run);
  }

  /** Finds the runs whose events may not have been looked at; to be called once, at first. */
  public void begin() {
    JsonObject checkpoint =
        store
            .find(KIND, NAME)
            .map(text -> (JsonObject) JsonReader.read(text))
            .orElse(JsonObject.EMPTY);
    Read.object(checkpoint, "open")
        .members()
        .forEach((run, from) -> next.put(run, ((JsonNumber) from).asLong()));
    news.addAll(next.keySet());
    news.addAll(runs.open());
    Instant at = Read.instant(checkpoint, "at");
    Instant since = at == null ? oldest() : at;
    if (since != null) {
      news.addAll(runs.submittedSince(since.minus(MARGIN)));
    }
  }

  /** Returns since when there is a trigger that waits for events, or null. */
  private @Nullable Instant oldest() {
    return triggers.states().stream()
        .filter(TriggerWatch::waits)
        .map(TriggerState::since)
        .min(Instant::compareTo)
        .orElse(null);
  }

  private static boolean waits(TriggerState state) {
    return !(state.trigger().when() instanceof Trigger.Webhook);
  }

  /** Looks at what is new; to be called often. Does not throw: it warns, and tries again. */
  public void tick() {
    Instant now = clock.instant();
    boolean anybody = triggers.states().stream().anyMatch(TriggerWatch::waits);
    Set<String> open = anybody ? new HashSet<>(runs.open()) : Set.of();
    for (String run : List.copyOf(news)) {
      news.remove(run);
      try {
        look(run, anybody);
      } catch (IOException | RuntimeException e) {
        warnings.accept("triggers cannot be shown the events of run " + run + " now: " + e);
        news.add(run);
      }
    }
    if (anybody) {
      expected.values().removeIf(at -> at.isBefore(now.minus(LONGEST_EXPECTED)));
      open.addAll(expected.keySet());
      open.addAll(news);
      checkpoint(now, open);
    }
  }

  private void look(String id, boolean anybody) throws IOException {
    WatchedRuns.Run run = anybody ? runs.find(id) : null;
    if (run == null) {
      next.remove(id);
      runs.release(id);
      return;
    }
    changed = true;
    List<TriggerState> watching =
        triggers.states().stream().filter(state -> state.trigger().watches(run)).toList();
    if (!watching.isEmpty()) {
      long from = next.getOrDefault(id, 1L);
      for (List<WatchedRuns.Event> page = runs.read(id, from);
          !page.isEmpty();
          page = runs.read(id, from)) {
        for (WatchedRuns.Event event : page) {
          show(run, event, watching);
          from = event.sequence() + 1;
          next.put(id, from);
        }
      }
    }
    if (run.ended() || watching.isEmpty()) {
      next.remove(id);
      runs.release(id);
    }
  }

  private void show(WatchedRuns.Run run, WatchedRuns.Event event, List<TriggerState> watching)
      throws IOException {
    Instant at = Instant.parse(Read.text(event.json(), "time", ""));
    for (TriggerState state : watching) {
      if (!at.isBefore(state.since()) && state.trigger().fits(event.json())) {
        launch(run, event, state);
      }
    }
  }

  private void launch(WatchedRuns.Run run, WatchedRuns.Event event, TriggerState state)
      throws IOException {
    String name = state.trigger().name();
    int depth = depth(run) + 1;
    if (depth > Trigger.DEEPEST) {
      triggers.failing(
          name,
          "run %s came of %d others, one after the other: no further run is started"
              .formatted(run.id(), Trigger.DEEPEST));
      return;
    }
    triggers.record(
        name, launcher.launch(state.trigger().launch(run.id(), event, depth, state.by())));
  }

  private static int depth(WatchedRuns.Run run) {
    try {
      return Integer.parseInt(run.labels().getOrDefault(Launch.DEPTH, "0"));
    } catch (NumberFormatException e) {
      return 0; // written before the label was the server's
    }
  }

  private void checkpoint(Instant now, Set<String> open) {
    boolean due = now.isAfter(lastCheckpoint.plus(BETWEEN_CHECKPOINTS));
    if (!changed || (!due && !now.isBefore(lastCheckpoint))) {
      return;
    }
    try {
      write(now, open);
      changed = false;
    } catch (IOException e) {
      warnings.accept("what triggers have seen cannot be recorded now: " + e.getMessage());
    }
    lastCheckpoint = now;
  }

  private void write(Instant now, Set<String> open) throws IOException {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("at").value(now.toEpochMilli());
    json.name("open").beginObject();
    Map<String, Long> sorted = new TreeMap<>();
    open.forEach(run -> sorted.put(run, next.getOrDefault(run, 1L)));
    sorted.forEach((run, from) -> json.name(run).value(from.longValue()));
    String text = json.endObject().endObject().toText();
    store.change(KIND, NAME, _ -> text);
  }

  /**
   * Says that a run which has ended is about to go on, and waits until that is recorded: it is
   * neither among those that go on nor among those submitted since.
   *
   * @throws IOException if it cannot be recorded
   */
  public void expect(String run) throws IOException {
    if (triggers.states().stream().noneMatch(TriggerWatch::waits)) {
      return;
    }
    expected.put(run, clock.instant());
    store.change(KIND, NAME, row -> with(run, row));
  }

  private static @Nullable String with(String run, @Nullable String row) {
    if (row == null) {
      return null; // all runs since the oldest trigger are looked at, with what they had before
    }
    JsonObject before = (JsonObject) JsonReader.read(row);
    Map<String, JsonValue> open = new TreeMap<>(Read.object(before, "open").members());
    open.putIfAbsent(run, new JsonNumber(1));
    Map<String, JsonValue> after = new TreeMap<>(before.members());
    after.put("open", JsonObject.of(open));
    return CanonicalJson.text(JsonObject.of(after));
  }
}
