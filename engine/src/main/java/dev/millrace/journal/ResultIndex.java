package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The numbers of results by their keys, in two tables: the newest in a small one, the rest in a
 * large one; the view {@code result_keys} has both. The small one is moved into the large one as a
 * whole and in the order of the keys, so a page of the large one is written once for many keys and
 * not once for each (P. O'Neil et al., "The log-structured merge-tree", 1996).
 */
final class ResultIndex {
  /** The numbers of the results with a prefix, which is the statement's next parameter. */
  static final String OF_PREFIX = "(SELECT number FROM result_keys WHERE prefix = ?)";

  /**
   * How many are recent at most. The small table has some 100 pages then, of which each commit
   * writes most; the large one has 5,000 for a million keys, and each move writes most of those.
   */
  private static final int RECENT = 16_384;

  private ResultIndex() {}

  /** Returns the number of the newest result, or 0. */
  static long last(Statements statements) throws SQLException {
    return number(statements, "SELECT max(number) FROM results");
  }

  /** Adds the results that were recorded after that number. */
  static void add(Statements statements, long last) throws SQLException {
    PreparedStatement insert =
        statements.of(
            """
            INSERT OR IGNORE INTO recent_keys SELECT prefix, variant, number FROM results WHERE number > ?\
            """);
    insert.setLong(1, last);
    insert.executeUpdate();
    if (last - number(statements, "SELECT number FROM settled") >= RECENT) {
      settle(statements);
    }
  }

  /** Of results with the same action, outputs and subject only the newest stays. */
  private static void settle(Statements statements) throws SQLException {
    statements.run(
        """
        DELETE FROM results WHERE number IN (
          SELECT s.number FROM recent_keys k CROSS JOIN settled_keys s
            ON s.prefix = k.prefix AND s.variant = k.variant
          UNION ALL
          SELECT k.number FROM recent_keys k WHERE EXISTS (SELECT 1 FROM recent_keys n
            WHERE n.prefix = k.prefix AND n.variant = k.variant AND n.number > k.number))\
        """);
    statements.run(
        """
        INSERT OR REPLACE INTO settled_keys
        SELECT prefix, variant, max(number) FROM recent_keys GROUP BY prefix, variant\
        """);
    statements.run("DELETE FROM recent_keys");
    statements.run("UPDATE settled SET number = (SELECT max(number) FROM results)");
  }

  private static long number(Statements statements, String select) throws SQLException {
    try (ResultSet row = statements.of(select).executeQuery()) {
      return row.getLong(1);
    }
  }
}
