package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Records a result. An older one with the same action, outputs and subject is dropped in time; that
 * of another subject stays, for it is the last of its subject.
 */
final class ResultInsert implements Write {
  private static final MultiInsert<ResultRow> RESULTS =
      new MultiInsert<>(
          """
          INSERT INTO results
            (prefix, variant, live, used, outputs, key, subject, result, action)\
          """,
          9,
          ResultInsert::bind);

  private static final MultiInsert<long[]> ARTIFACTS =
      new MultiInsert<>(
          "INSERT OR IGNORE INTO artifacts (artifact, prefix)",
          2,
          (statement, first, pair) -> {
            statement.setLong(first, pair[0]);
            statement.setLong(first + 1, pair[1]);
          });

  private final ResultRow row;

  ResultInsert(ResultRow row) {
    this.row = row;
  }

  @Override
  public void run(Statements statements) throws SQLException {
    insert(statements, List.of(row));
  }

  @Override
  public int runWith(List<Write> waiting, Statements statements) throws SQLException {
    List<ResultRow> rows = new ArrayList<>();
    for (Write write : waiting) {
      if (!(write instanceof ResultInsert insert)) {
        break;
      }
      rows.add(insert.row);
    }
    insert(statements, rows);
    return rows.size();
  }

  private static void insert(Statements statements, List<ResultRow> rows) throws SQLException {
    List<long[]> artifacts = new ArrayList<>();
    Map<String, String> lastOfStep = new HashMap<>();
    for (ResultRow row : rows) {
      for (long artifact : row.artifacts()) {
        artifacts.add(new long[] {artifact, row.prefix()});
      }
      String step = step(row.subject());
      if (!step.equals(row.subject())) {
        lastOfStep.put(step, row.subject());
      }
    }
    long last = ResultIndex.last(statements);
    RESULTS.run(statements, rows);
    ResultIndex.add(statements, last + 1, rows);
    ARTIFACTS.run(statements, artifacts);
    pointTo(statements, lastOfStep);
  }

  private static void bind(PreparedStatement statement, int first, ResultRow row)
      throws SQLException {
    statement.setLong(first, row.prefix());
    statement.setLong(first + 1, row.variant());
    statement.setInt(first + 2, 1);
    statement.setLong(first + 3, row.used());
    statement.setLong(first + 4, row.outputs());
    statement.setBytes(first + 5, row.key());
    statement.setString(first + 6, row.subject());
    statement.setBytes(first + 7, row.result());
    statement.setString(first + 8, row.action());
  }

  private static void pointTo(Statements statements, Map<String, String> lastOfStep)
      throws SQLException {
    PreparedStatement insert =
        statements.of("INSERT OR REPLACE INTO steps (name, last) VALUES (?, ?)");
    for (var step : lastOfStep.entrySet()) {
      insert.setString(1, step.getKey());
      insert.setString(2, step.getValue());
      insert.executeUpdate();
    }
  }

  /** Returns the subject's step, {@code <pipeline>/<step>}. */
  static String step(String subject) {
    int bracket = subject.indexOf('[');
    return bracket < 0 ? subject : subject.substring(0, bracket);
  }
}
