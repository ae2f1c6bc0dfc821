package dev.millrace.journal;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCacheTck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
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

  @AfterEach
  void closeDatabase() throws IOException {
    if (database != null && lock != null) {
      database.close();
      lock.close();
    }
  }
}
