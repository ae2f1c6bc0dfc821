package dev.millrace.cache;

import dev.millrace.digest.Digest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An action cache without a disk, for tests and the simulation. */
public final class InMemoryActionCache implements ActionCache {
  private final InstantSource clock;
  private final Map<ActionKey, Action> actions = new HashMap<>();

  private final Map<ActionKey, List<Row>> rows = new HashMap<>();

  private final Map<String, Recorded> lastOfSubject = new HashMap<>();
  private @Nullable Throwable failure;
  private int recordings;

  private static final class Row {
    private final int number;
    private final Recorded recorded;
    private boolean live = true;
    private Instant used;

    Row(int number, Recorded recorded) {
      this.number = number;
      this.recorded = recorded;
      this.used = recorded.used();
    }

    Recorded now() {
      return new Recorded(
          recorded.key(), recorded.subject(), recorded.action(), recorded.result(), used);
    }
  }

  /**
   * @param clock for the times of use
   */
  public InMemoryActionCache(InstantSource clock) {
    this.clock = clock;
  }

  /** While it is not null, every change fails with it and leaves nothing behind. */
  public synchronized void setFailure(@Nullable Throwable failure) {
    this.failure = failure;
  }

  @Override
  public synchronized Map<ActionKey, ActionResult> lookup(Collection<ActionKey> keys) {
    Map<ActionKey, ActionResult> found = new HashMap<>();
    for (ActionKey key : keys) {
      for (Row row : live(key)) {
        found.putIfAbsent(key, row.recorded.result());
        row.used = clock.instant();
      }
    }
    return found;
  }

  /** Newest first. */
  private List<Row> live(ActionKey key) {
    return all(key).stream().filter(row -> row.live).toList();
  }

  private List<Row> all(ActionKey key) {
    return rows.getOrDefault(key, List.of()).reversed();
  }

  private Stream<Row> newestFirst() {
    return rows.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingInt((Row row) -> row.number).reversed());
  }

  @Override
  public synchronized CompletionStage<Void> put(
      ActionKey key, Action action, String subject, ActionResult result) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    Recorded recorded = new Recorded(key, subject, action, result, clock.instant());
    actions.put(key, action);
    List<Row> ofKey = rows.computeIfAbsent(key, _ -> new ArrayList<>());
    ofKey.removeIf(row -> row.recorded.result().outputs().equals(result.outputs()));
    ofKey.add(new Row(++recordings, recorded));
    lastOfSubject.put(subject, recorded);
    lastOfSubject.put(step(subject), recorded);
    return CompletableFuture.completedFuture(null);
  }

  private static String step(String subject) {
    return subject.replaceFirst("\\[.*", "") + "[";
  }

  @Override
  public synchronized CompletionStage<Void> forget(ActionKey key) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    live(key).forEach(row -> row.live = false);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized Optional<Action> action(ActionKey key) {
    return Optional.ofNullable(actions.get(key));
  }

  @Override
  public synchronized Optional<Recorded> nearest(String subject) {
    Recorded last = lastOfSubject.getOrDefault(subject, lastOfSubject.get(step(subject)));
    return Optional.ofNullable(last)
        .flatMap(found -> all(found.key()).stream().map(Row::now).findFirst());
  }

  @Override
  public synchronized List<ActionResult> history(ActionKey key) {
    return live(key).stream().map(row -> row.recorded.result()).toList();
  }

  @Override
  public synchronized List<Recorded> producersOf(Digest artifact, int limit) {
    return newestFirst()
        .filter(
            row ->
                row.recorded.result().outputs().values().stream()
                    .anyMatch(output -> output.digest().equals(artifact)))
        .limit(limit)
        .map(Row::now)
        .toList();
  }

  @Override
  public void forEach(Consumer<Recorded> visitor) {
    List<Recorded> all;
    synchronized (this) {
      all = newestFirst().filter(row -> row.live).map(Row::now).toList();
    }
    all.forEach(visitor);
  }
}
