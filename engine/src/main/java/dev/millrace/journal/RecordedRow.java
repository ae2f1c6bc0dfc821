package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * An action and its result as they are stored.
 *
 * @param key the hash of the action's key; not changed by anybody
 * @param canonical the action
 * @param subject whose action it is
 * @param outputs 64 bits of a digest over the outputs
 * @param result the result
 * @param used time of use, in milliseconds since 1970
 */
@SuppressWarnings("ArrayRecordComponent")
record RecordedRow(
    byte[] key, String canonical, String subject, long outputs, String result, long used) {

  /** Returns the action's number, its new one if it was not there. */
  long insertAction(Statements statements, ActionNumbers numbers) throws SQLException {
    PreparedStatement insert =
        statements.of(
            """
            INSERT INTO actions (number, key, canonical) VALUES (?, ?, ?)
            ON CONFLICT (key) DO NOTHING\
            """);
    long number = numbers.next(statements);
    insert.setLong(1, number);
    insert.setBytes(2, key);
    insert.setString(3, canonical);
    return insert.executeUpdate() == 1 ? number : number(statements);
  }

  private long number(Statements statements) throws SQLException {
    PreparedStatement select = statements.of("SELECT number FROM actions WHERE key = ?");
    select.setBytes(1, key);
    try (ResultSet row = select.executeQuery()) {
      return row.getLong(1);
    }
  }

  void insertResult(Statements statements, long action) throws SQLException {
    PreparedStatement insert =
        statements.of(
            """
            INSERT OR REPLACE INTO results (action, outputs, live, used, subject, result)
            VALUES (?, ?, 1, ?, ?, ?)\
            """);
    insert.setLong(1, action);
    insert.setLong(2, outputs);
    insert.setLong(3, used);
    insert.setString(4, subject);
    insert.setString(5, result);
    insert.executeUpdate();
  }

  void pointTo(Statements statements, String name, long action) throws SQLException {
    PreparedStatement insert =
        statements.of("INSERT OR REPLACE INTO subjects (name, subject, action) VALUES (?, ?, ?)");
    insert.setString(1, name);
    insert.setString(2, subject);
    insert.setLong(3, action);
    insert.executeUpdate();
  }

  static void insertArtifact(Statements statements, long artifact, long action)
      throws SQLException {
    PreparedStatement insert =
        statements.of("INSERT OR IGNORE INTO artifacts (artifact, action) VALUES (?, ?)");
    insert.setLong(1, artifact);
    insert.setLong(2, action);
    insert.executeUpdate();
  }
}
