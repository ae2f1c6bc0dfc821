package dev.millrace.journal;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.ResultCodec;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One lookup of many keys, in as few statements as are worth preparing: each takes a fixed number
 * of keys, the last one's places being filled up with its last key.
 */
final class ResultLookup {
  private static final int[] BATCHES = {256, 16, 1};

  private final List<ActionKey> keys;
  private final long stale;
  private final List<Long> unnoted = new ArrayList<>();

  /**
   * @param stale results used before this, in milliseconds since 1970, are listed in {@link
   *     #unnoted}
   */
  ResultLookup(List<ActionKey> keys, long stale) {
    this.keys = keys;
    this.stale = stale;
  }

  /** Numbers of the results found whose use should be noted. */
  List<Long> unnoted() {
    return unnoted;
  }

  Map<ActionKey, ActionResult> run(Statements statements) throws SQLException {
    Map<ActionKey, ActionResult> found = HashMap.newHashMap(keys.size());
    int at = 0;
    while (at < keys.size()) {
      int batch = batch(keys.size() - at);
      List<ActionKey> part = keys.subList(at, Math.min(keys.size(), at + batch));
      find(statements, part, batch, found);
      at += batch;
    }
    return found;
  }

  private static int batch(int left) {
    for (int i = 0; i < BATCHES.length - 1; i++) {
      if (left > BATCHES[i + 1]) {
        return BATCHES[i];
      }
    }
    return 1;
  }

  private void find(
      Statements statements, List<ActionKey> part, int batch, Map<ActionKey, ActionResult> found)
      throws SQLException {
    PreparedStatement select = statements.of(sql(batch));
    for (int i = 0; i < batch; i++) {
      ActionKey key = part.get(Math.min(i, part.size() - 1));
      select.setBytes(i + 1, SqliteActionCache.hash(key.digest()));
    }
    @Nullable String[] results = new @Nullable String[batch];
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        results[row.getInt(1)] = row.getString(2);
        if (row.getLong(3) < stale) {
          unnoted.add(row.getLong(4));
        }
      }
    }
    for (int i = 0; i < part.size(); i++) {
      String result = results[i];
      if (result != null) {
        found.put(part.get(i), ResultCodec.parse(result));
      }
    }
  }

  /** Rows of one action come oldest first, so that the newest is the one that stays. */
  private static String sql(int batch) {
    StringBuilder sql = new StringBuilder("WITH wanted (place, key) AS (VALUES ");
    for (int i = 0; i < batch; i++) {
      sql.append(i == 0 ? "(" : ", (").append(i).append(", ?)");
    }
    return sql.append(
            """
            )
            SELECT w.place, r.result, r.used, r.number FROM wanted w
            CROSS JOIN actions a ON a.key = w.key CROSS JOIN results r ON r.action = a.number
            WHERE r.live = 1 ORDER BY r.number\
            """)
        .toString();
  }
}
