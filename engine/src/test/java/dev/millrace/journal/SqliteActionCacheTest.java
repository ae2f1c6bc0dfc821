package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCacheTck;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.RandomActions;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteActionCacheTest extends ActionCacheTck {
  @TempDir private Path directory;
  private @Nullable StateLock lock;
  private @Nullable SqliteDatabase database;

  @Override
  protected ActionCache open(InstantSource clock) throws IOException {
    StateLock taken = StateLock.acquire(directory, "test");
    SqliteDatabase opened = SqliteDatabase.open(taken);
    lock = taken;
    database = opened;
    return new SqliteActionCache(opened, clock);
  }

  @Override
  protected ActionCache reopen(InstantSource clock) throws IOException {
    closeDatabase();
    return open(clock);
  }

  @Test
  void severalCachesOfOneDatabaseShareIt() {
    SqliteDatabase shared = Objects.requireNonNull(database);
    ActionCache one = new SqliteActionCache(shared, InstantSource.system());
    ActionCache two = new SqliteActionCache(shared, () -> Instant.EPOCH);
    RandomActions actions = new RandomActions(1);
    Set<ActionKey> keys = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Action action = actions.action();
      ActionKey key = ActionCodec.key(action);
      keys.add(key);
      ActionCache cache = i % 2 == 0 ? one : two;
      cache.put(key, action, "p/t" + i, actions.result()).toCompletableFuture().join();
    }

    assertEquals(keys, one.lookup(keys).keySet());
    assertEquals(keys, two.lookup(keys).keySet());
  }

  /** More than are recent at once, some of them recorded twice; looked for all the time. */
  @Test
  void resultsAreFoundWhicheverTableHasTheirKeys() throws IOException {
    SqliteDatabase opened = Objects.requireNonNull(database);
    ActionCache cache = new SqliteActionCache(opened, InstantSource.system());
    RandomActions actions = new RandomActions(5);
    Action action = actions.action();
    ActionResult result = actions.result();
    List<ActionKey> keys = new ArrayList<>();
    try (SqliteDatabase beside = SqliteDatabase.openReadOnly(directory)) {
      ActionCache other = new SqliteActionCache(beside, InstantSource.system());
      for (int round = 0; round < 100; round++) {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
          int place = keys.size();
          keys.add(new ActionKey(new Digest(place * 0x9E3779B97F4A7C15L, place, i, i, 99)));
          for (int time = 0; time < (i % 10 == 0 ? 2 : 1); time++) {
            String subject = "p/t[" + place + "]";
            stages.add(cache.put(keys.get(place), action, subject, result).toCompletableFuture());
          }
        }
        List<ActionKey> before =
            keys.subList(Math.max(0, keys.size() - 4_500), keys.size() - 1_500);
        while (stages.stream().anyMatch(stage -> !stage.isDone())) {
          assertEquals(new HashSet<>(before), cache.lookup(before).keySet());
          assertEquals(new HashSet<>(before), other.lookup(before).keySet());
        }
        stages.forEach(CompletableFuture::join);
      }
      assertEquals(new HashSet<>(keys), cache.lookup(keys).keySet());
      assertEquals(new HashSet<>(keys), other.lookup(keys).keySet());
    }
    assertEquals(1, cache.history(keys.getFirst()).size());
    long settled = count(opened, "settled_keys");
    assertTrue(settled > 100_000 && settled < 150_000, settled + " are settled");
    assertTrue(count(opened, "results") < 155_000, "those recorded twice are dropped");
  }

  @Test
  void ofResultsRecordedAgainTheNewestStays() {
    SqliteDatabase opened = Objects.requireNonNull(database);
    ActionCache cache = new SqliteActionCache(opened, InstantSource.system());
    RandomActions actions = new RandomActions(5);
    Action action = actions.action();
    ActionResult result = actions.result();
    List<ActionKey> keys = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 500; i++) {
        if (round == 0) {
          keys.add(new ActionKey(new Digest(i * 0x9E3779B97F4A7C15L, i, i, i, 99)));
        }
        for (int time = 0; time < 1 + i % 3; time++) {
          var _ = cache.put(keys.get(i), action, "p/t[" + i + "]", result);
        }
        if (i % 100 == 0) {
          var _ = cache.put(keys.get(i), action, "p/other", result);
        }
      }
      opened.write(ResultIndex::settle).join();
      assertEquals(505, count(opened, "results"));
      assertEquals(505, count(opened, "settled_keys"));
      assertEquals(0, count(opened, "recent_keys"));
      assertEquals(new HashSet<>(keys), cache.lookup(keys).keySet());
      List<ActionCache.Recorded> all = new ArrayList<>();
      cache.forEach(all::add);
      assertEquals(500, all.size());
    }
  }

  private static long count(SqliteDatabase opened, String table) {
    return opened.read(
        statements -> {
          try (var row = statements.of("SELECT count(*) FROM " + table).executeQuery()) {
            return row.getLong(1);
          }
        });
  }

  /** Files with one index of all keys are brought to two tables. */
  @Test
  void resultsOfTheSchemaBeforeAreFound() throws IOException {
    ActionCache cache =
        new SqliteActionCache(Objects.requireNonNull(database), InstantSource.system());
    RandomActions actions = new RandomActions(6);
    Action action = actions.action();
    ActionKey key = ActionCodec.key(action);
    ActionResult result = actions.result();
    cache.put(key, action, "p/t", result).toCompletableFuture().join();
    for (String sql :
        List.of(
            "DROP TABLE definitions",
            "DROP TABLE recent_keys",
            "DROP TABLE settled_keys",
            "DROP TABLE settled",
            "CREATE UNIQUE INDEX results_by_key ON results (prefix, variant)",
            "PRAGMA user_version = 2")) {
      database.write(statements -> statements.run(sql)).join();
    }

    assertEquals(Map.of(key, result), reopen(InstantSource.system()).lookup(List.of(key)));
  }

  /** Recent keys were in a table in their order before. */
  @Test
  void recentResultsOfTheSchemaBeforeAreFound() throws IOException {
    ActionCache cache =
        new SqliteActionCache(Objects.requireNonNull(database), InstantSource.system());
    RandomActions actions = new RandomActions(6);
    Action action = actions.action();
    ActionKey key = ActionCodec.key(action);
    ActionResult result = actions.result();
    for (int time = 0; time < 3; time++) {
      cache.put(key, action, "p/t", result).toCompletableFuture().join();
    }
    for (String sql :
        List.of(
            "DROP TABLE recent_keys",
            """
            CREATE TABLE recent_keys (prefix INTEGER, variant INTEGER, number INTEGER,
              PRIMARY KEY (prefix, variant, number)) WITHOUT ROWID\
            """,
            "INSERT INTO recent_keys SELECT prefix, variant, number FROM results WHERE number > 1",
            "INSERT INTO settled_keys SELECT prefix, variant, number FROM results WHERE number = 1",
            "UPDATE settled SET number = 1",
            "CREATE VIEW result_keys AS SELECT prefix, variant, number FROM recent_keys",
            "PRAGMA user_version = 4")) {
      database.write(statements -> statements.run(sql)).join();
    }

    ActionCache after = reopen(InstantSource.system());
    assertEquals(Map.of(key, result), after.lookup(List.of(key)));
    assertEquals(1, count(Objects.requireNonNull(database), "results"));
    ActionKey other = new ActionKey(new Digest(1, 2, 3, 4, 5));
    after.put(other, action, "p/t", result).toCompletableFuture().join();
    assertEquals(Set.of(key, other), after.lookup(List.of(key, other)).keySet());
  }

  /** The index has only the beginning of a key. */
  @Test
  void keysThatBeginAlikeAreToldApart() {
    ActionCache cache =
        new SqliteActionCache(Objects.requireNonNull(database), InstantSource.system());
    RandomActions actions = new RandomActions(3);
    Map<ActionKey, ActionResult> recorded = new HashMap<>();
    for (int i = 0; i < 4; i++) {
      ActionKey key = new ActionKey(new Digest(1234L << 16, i, i, i, 99));
      recorded.put(key, actions.result());
      Action action = actions.action();
      cache.put(key, action, "p/t", recorded.get(key)).toCompletableFuture().join();
    }

    assertEquals(recorded, cache.lookup(recorded.keySet()));
    ActionKey first = new ActionKey(new Digest(1234L << 16, 0, 0, 0, 99));
    assertEquals(List.of(recorded.remove(first)), cache.history(first));
    cache.forget(first).toCompletableFuture().join();
    assertEquals(Map.of(), cache.lookup(List.of(first, first)));
    assertEquals(recorded, cache.lookup(recorded.keySet()));
  }

  @AfterEach
  void closeDatabase() throws IOException {
    if (database != null && lock != null) {
      database.close();
      lock.close();
    }
  }
}
