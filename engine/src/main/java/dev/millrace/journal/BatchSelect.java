package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/**
 * A question about many keys, in as few statements as are worth preparing: each takes a fixed
 * number of keys, and places without a key find nothing.
 */
final class BatchSelect {
  private static final int[] SIZES = {64, 8, 1};

  private final String[] texts = new String[SIZES.length];

  /** Binds one key. */
  @FunctionalInterface
  interface Binding {
    /**
     * @param parameter the number of the parameter to set
     * @param place which of the keys is wanted there
     */
    void bind(PreparedStatement select, int parameter, int place) throws SQLException;
  }

  /** Takes what was found. */
  @FunctionalInterface
  interface Taking {
    /**
     * @param place which key this was found for
     * @param row whose first column is not to be looked at
     */
    void take(int place, ResultSet row) throws SQLException;
  }

  /**
   * @param columns what is selected
   * @param rest of the statement, behind {@code FROM}, where the table {@code wanted} has the keys
   *     in its column {@code key}, and NULL finds nothing
   */
  BatchSelect(String columns, String rest) {
    for (int i = 0; i < SIZES.length; i++) {
      StringBuilder sql = new StringBuilder("WITH wanted (place, key) AS (VALUES ");
      for (int place = 0; place < SIZES[i]; place++) {
        sql.append(place == 0 ? "(" : ", (").append(place).append(", ?)");
      }
      sql.append(") SELECT wanted.place, ").append(columns).append(" FROM wanted ").append(rest);
      texts[i] = sql.toString();
    }
  }

  void run(Statements statements, int keys, Binding binding, Taking taking) throws SQLException {
    int at = 0;
    while (at < keys) {
      int size = size(keys - at);
      PreparedStatement select = statements.of(texts[size]);
      for (int i = 0; i < SIZES[size]; i++) {
        if (at + i < keys) {
          binding.bind(select, i + 1, at + i);
        } else {
          select.setNull(i + 1, Types.NULL);
        }
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          taking.take(at + row.getInt(1), row);
        }
      }
      at += SIZES[size];
    }
  }

  /** Returns the largest size that is not much too large for the keys that are left. */
  private static int size(int left) {
    int size = SIZES.length - 1;
    while (size > 0 && left > 3 * SIZES[size]) {
      size--;
    }
    return size;
  }
}
