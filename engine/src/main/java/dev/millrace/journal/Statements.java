package dev.millrace.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * One connection and its prepared statements, each made once. Used by one thread at a time.
 *
 * <p>Transactions are begun and ended by statements. The driver is told that it is not in
 * auto-commit mode, where it would try to begin and commit one behind each statement, and then is
 * taken out of the transaction that it begins for it: without one, SQLite commits each statement.
 */
final class Statements implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  /**
   * @param connection closed with this object, and where this fails
   */
  Statements(Connection connection) throws SQLException {
    this.connection = connection;
    try {
      connection.setAutoCommit(false);
      script("COMMIT");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
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

  /** Returns the texts of the statements prepared so far. */
  Set<String> texts() {
    return Set.copyOf(prepared.keySet());
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
