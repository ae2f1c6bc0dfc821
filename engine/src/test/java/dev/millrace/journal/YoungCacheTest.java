package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.RandomActions;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YoungCacheTest {
  private final RandomActions actions = new RandomActions(1);
  private final Action action = actions.action();
  private final ActionKey key = ActionCodec.key(action);
  private final ActionResult result = actions.result();

  @TempDir private Path directory;

  @Test
  void hasWhatWasAddedAndNothingElse() {
    YoungCache cache = new YoungCache(true);
    assertFalse(cache.mayHave(key));
    assertFalse(cache.mayHaveStepOf("p/s[i=1]"));

    cache.add(ResultRow.of(key, action, "p/s[i=1]", result, 0));

    assertTrue(cache.mayHave(key));
    assertTrue(cache.mayHaveStepOf("p/s[i=2]"));
    assertFalse(cache.mayHaveStepOf("p/other"));
    assertFalse(cache.mayHave(ActionCodec.key(actions.action())));
  }

  @Test
  void hasAllOfMany() {
    YoungCache cache = new YoungCache(true);
    int many = 10_000;
    for (int i = 0; i < many; i++) {
      cache.add(ResultRow.of(key(i), action, "p/s", result, 0));
    }
    for (int i = 0; i < many; i++) {
      assertTrue(cache.mayHave(key(i)));
      assertFalse(cache.mayHave(key(many + i)));
    }
  }

  /** The first has a beginning of zeros. */
  private static ActionKey key(int i) {
    return new ActionKey(new Digest(i * 0x9E3779B97F4A7C15L, i, i, i, 99));
  }

  @Test
  void mayHaveAnythingWhereItWasNotEmpty() {
    YoungCache cache = new YoungCache(false);
    assertTrue(cache.mayHave(key));
    assertTrue(cache.mayHaveStepOf("p/s"));
  }

  @Test
  void isOldWithTheNextOpening() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test")) {
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        assertFalse(database.youngCache().mayHave(key));
        new SqliteActionCache(database, InstantSource.system())
            .put(key, action, "p/s", result)
            .toCompletableFuture()
            .join();
      }
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        assertTrue(database.youngCache().mayHave(ActionCodec.key(actions.action())));
        SqliteActionCache cache = new SqliteActionCache(database, InstantSource.system());
        assertEquals(Map.of(key, result), cache.lookup(List.of(key)));
      }
    }
  }
}
