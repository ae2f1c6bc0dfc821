package dev.millrace.journal;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.digest.Digest;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The action cache in the embedded database, so that a result and the fact that reports it share
 * one commit. Texts are made on the caller's thread; the writer only binds them.
 */
public final class SqliteActionCache implements ActionCache {
  /** A use is noted when the last one noted is older than this, as file systems do (relatime). */
  private static final long GRAIN = Duration.ofHours(1).toMillis();

  private static final int PAGE = 200;

  /** After so many results it is looked whether the recent ones are to be settled. */
  private static final int SETTLING = 8_192;

  private final SqliteDatabase database;
  private final RecordedResults recorded;
  private final InstantSource clock;
  private final AtomicInteger recordings = new AtomicInteger();

  /**
   * @param database stays the caller's to close
   * @param clock for the times of use
   */
  public SqliteActionCache(SqliteDatabase database, InstantSource clock) {
    this.database = database;
    this.recorded = new RecordedResults(database.recentKeys());
    this.clock = clock;
  }

  @Override
  public Map<ActionKey, ActionResult> lookup(Collection<ActionKey> keys) {
    List<ActionKey> wanted =
        keys.stream().filter(database.youngCache()::mayHave).distinct().toList();
    if (wanted.isEmpty()) {
      return Map.of();
    }
    long stale = clock.millis() - GRAIN;
    ResultLookup lookup = new ResultLookup(wanted, stale, database.recentKeys());
    Map<ActionKey, ActionResult> found = database.read(lookup::run);
    if (!lookup.unnoted().isEmpty() && database.isWritable()) {
      noteUse(lookup.unnoted());
    }
    return found;
  }

  /** Best effort: a use that is lost makes a result go somewhat earlier when space is needed. */
  private void noteUse(List<Long> results) {
    long now = clock.millis();
    var _ =
        database.writeLazily(
            statements -> {
              PreparedStatement update =
                  statements.of("UPDATE results SET used = ? WHERE number = ?");
              for (long result : results) {
                update.setLong(1, now);
                update.setLong(2, result);
                update.executeUpdate();
              }
            });
  }

  @Override
  public CompletionStage<Void> put(
      ActionKey key, Action action, String subject, ActionResult result) {
    ResultRow row = ResultRow.of(key, action, subject, result, clock.millis());
    database.youngCache().add(row);
    if (recordings.getAndIncrement() % SETTLING == 0) {
      // Nothing depends on it: where it fails, it is tried again behind as many more.
      var _ = database.writeLazily(ResultIndex::settleMany);
    }
    return database.writePatiently(new ResultInsert(row));
  }

  @Override
  public CompletionStage<Void> forget(ActionKey key) {
    Write forgetting;
    try {
      forgetting = database.read(statements -> recorded.forgetting(statements, key));
    } catch (UncheckedIOException e) {
      return CompletableFuture.failedFuture(e.getCause());
    }
    return database.write(forgetting);
  }

  @Override
  public Optional<Action> action(ActionKey key) {
    return database.read(statements -> recorded.action(statements, key));
  }

  @Override
  public Optional<Recorded> nearest(String subject) {
    return Optional.ofNullable(nearest(Set.of(subject)).get(subject));
  }

  @Override
  public Map<String, Recorded> nearest(Collection<String> subjects) {
    Set<String> wanted = new LinkedHashSet<>(subjects);
    wanted.removeIf(subject -> !database.youngCache().mayHaveStepOf(subject));
    if (wanted.isEmpty()) {
      return Map.of();
    }
    return database.read(statements -> RecordedResults.nearest(statements, wanted));
  }

  @Override
  public List<ActionResult> history(ActionKey key) {
    List<Recorded> found = database.read(statements -> recorded.history(statements, key));
    return found.stream().map(Recorded::result).toList();
  }

  @Override
  public List<Recorded> producersOf(Digest artifact, int limit) {
    return database.read(statements -> recorded.producersOf(statements, artifact, limit));
  }

  @Override
  public void forEach(Consumer<Recorded> visitor) {
    long before = Long.MAX_VALUE;
    do {
      long last = before;
      RecordedResults.Page page =
          database.read(statements -> recorded.page(statements, last, PAGE));
      page.results().forEach(visitor);
      before = page.last();
    } while (before > 0);
  }
}
