package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * An insert of many rows in few statements: what it costs to bind, start and end a statement is
 * more than what it costs to insert a row.
 *
 * <p>An INTEGER PRIMARY KEY must be left to SQLite: where one is given, a statement of several rows
 * copies each page before it changes it, to be able to take itself back.
 *
 * @param <T> what a row is made of
 */
final class MultiInsert<T> {
  /** Rows in one statement; each size is a text that is prepared once. */
  private static final int[] SIZES = {32, 4, 1};

  private final String[] texts = new String[SIZES.length];
  private final int columns;
  private final Binding<T> binding;

  /** Binds the parameters of one row. */
  @FunctionalInterface
  interface Binding<T> {
    /**
     * @param first number of the row's first parameter
     */
    void bind(PreparedStatement statement, int first, T row) throws SQLException;
  }

  /**
   * @param head the statement up to {@code VALUES}
   * @param columns number of parameters of a row
   */
  MultiInsert(String head, int columns, Binding<T> binding) {
    this.columns = columns;
    this.binding = binding;
    String row = "(?" + ", ?".repeat(columns - 1) + ")";
    for (int i = 0; i < SIZES.length; i++) {
      texts[i] = head + " VALUES " + row + (", " + row).repeat(SIZES[i] - 1);
    }
  }

  void run(Statements statements, List<T> rows) throws SQLException {
    int at = 0;
    for (int i = 0; i < SIZES.length; i++) {
      while (rows.size() - at >= SIZES[i]) {
        insert(statements.of(texts[i]), rows.subList(at, at + SIZES[i]));
        at += SIZES[i];
      }
    }
  }

  private void insert(PreparedStatement insert, List<T> rows) throws SQLException {
    int parameter = 1;
    for (T row : rows) {
      binding.bind(insert, parameter, row);
      parameter += columns;
    }
    insert.executeUpdate();
  }
}
