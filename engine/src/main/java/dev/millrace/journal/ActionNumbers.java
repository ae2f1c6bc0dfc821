package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Numbers for new actions, counted here so that an insert needs no question for the number that it
 * got. A number that a rollback took back is left out. Used by the writer's thread only.
 */
final class ActionNumbers {
  private long last = -1;

  long next(Statements statements) throws SQLException {
    if (last < 0) {
      PreparedStatement select = statements.of("SELECT coalesce(max(number), 0) FROM actions");
      try (ResultSet row = select.executeQuery()) {
        last = row.getLong(1);
      }
    }
    return ++last;
  }
}
