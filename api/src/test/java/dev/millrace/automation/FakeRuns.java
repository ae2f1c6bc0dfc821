package dev.millrace.automation;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs whose events are what a test says. */
final class FakeRuns implements WatchedRuns {
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final Map<String, Instant> submitted = new HashMap<>();
  private final Map<String, List<Event>> events = new HashMap<>();

  /** How often a page was read. */
  int reads;

  /** How many readings fail before one does not. */
  int fails;

  void submit(String run, String pipeline, Instant at, Map<String, String> labels) {
    runs.put(run, new Run(run, pipeline, labels, false));
    submitted.put(run, at);
    events.put(run, new ArrayList<>());
  }

  void add(String run, Instant at, String type, String data) {
    List<Event> all = events.getOrDefault(run, new ArrayList<>());
    String json =
        "{\"data\": %s, \"time\": \"%s\", \"type\": \"dev.millrace.%s\"}".formatted(data, at, type);
    all.add(new Event(all.size() + 1L, (JsonObject) JsonReader.read(json)));
  }

  void end(String run, Instant at, String result) {
    add(run, at, "run.finished", "{\"result\": \"" + result + "\"}");
    runs.computeIfPresent(run, (id, one) -> new Run(id, one.pipeline(), one.labels(), true));
  }

  @Override
  public @Nullable Run find(String run) {
    return runs.get(run);
  }

  @Override
  public Set<String> open() {
    Set<String> open = new HashSet<>(runs.keySet());
    open.removeIf(
        run -> runs.values().stream().anyMatch(one -> one.id().equals(run) && one.ended()));
    return open;
  }

  @Override
  public Set<String> submittedSince(Instant time) {
    Set<String> since = new HashSet<>(runs.keySet());
    since.removeIf(run -> submitted.getOrDefault(run, Instant.EPOCH).isBefore(time));
    return since;
  }

  @Override
  public List<Event> read(String run, long from) throws IOException {
    if (fails > 0) {
      fails--;
      throw new IOException("not now");
    }
    reads++;
    List<Event> all = events.getOrDefault(run, List.of());
    return all.subList((int) Math.min(from - 1, all.size()), (int) Math.min(from + 1, all.size()));
  }

  @Override
  public void release(String run) {}
}
