package dev.millrace.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection and its prepared statements, each made once. Used by one thread at a time.
 *
 * <p>The connection stays in JDBC's auto-commit mode and transactions are begun and ended by
 * statements: the driver then does no bookkeeping of its own for each statement.
 */
final class Statements implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /**
   * Returns the prepared statement for {@code sql}; callers close its result sets, never itself.
   */
  PreparedStatement of(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known != null) {
      return known;
    }
    PreparedStatement made = connection.prepareStatement(sql);
    prepared.put(sql, made);
    return made;
  }

  /** Runs a statement that has no parameters and whose result does not matter. */
  void run(String sql) throws SQLException {
    of(sql).execute();
  }

  /** Runs a text of several statements, once. */
  void script(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /**
   * Drops all prepared statements. To be called after a failure: the driver closes some of them.
   */
  void forget() {
    for (PreparedStatement statement : prepared.values()) {
      try {
        statement.close();
      } catch (SQLException e) {
        // It was closed by the failure, and is made again when it is needed.
      }
    }
    prepared.clear();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
