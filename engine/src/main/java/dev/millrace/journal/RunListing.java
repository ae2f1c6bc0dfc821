package dev.millrace.journal;

import dev.millrace.journal.RunRecord.Summary;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds and lists runs. Each condition has an index that ends in the run's id, so that the newest
 * runs are read in order and nothing is sorted.
 */
final class RunListing {
  private static final String COLUMNS =
      "SELECT r.id, r.pipeline, r.submission, r.submitted, r.status, r.counts, r.finished FROM ";

  private RunListing() {}

  static Optional<RunRecord> find(Statements statements, String id) throws SQLException {
    return first(statements, COLUMNS + "runs r WHERE r.id = ?", id);
  }

  static Optional<RunRecord> findUnfinished(Statements statements, String submission)
      throws SQLException {
    String sql = "runs r WHERE r.submission = ? AND r.finished IS NULL ORDER BY r.id DESC LIMIT 1";
    return first(statements, COLUMNS + sql, submission);
  }

  private static Optional<RunRecord> first(Statements statements, String sql, String argument)
      throws SQLException {
    List<RunRecord> found = records(statements, sql, List.of(argument));
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
  }

  static List<RunRecord> list(Statements statements, RunQuery query) throws SQLException {
    StringBuilder sql = new StringBuilder(COLUMNS);
    List<Object> arguments = new ArrayList<>();
    List<String> conditions = new ArrayList<>();
    String id = "r.id";
    if (query.labels().isEmpty()) {
      sql.append("runs r");
    } else {
      // CROSS JOIN fixes the order: from the first label's index, which has the ids in order.
      sql.append("run_labels l CROSS JOIN runs r ON r.id = l.run");
      id = "l.run";
      labelConditions(rarestFirst(statements, query.labels()), conditions, arguments);
    }
    if (query.pipeline() != null) {
      conditions.add("r.pipeline = ?");
      arguments.add(query.pipeline());
    }
    if (query.status() != null) {
      conditions.add("r.status = ?");
      arguments.add(query.status());
    }
    if (query.before() != null) {
      conditions.add(id + " < ?");
      arguments.add(query.before());
    }
    if (!conditions.isEmpty()) {
      sql.append(" WHERE ").append(String.join(" AND ", conditions));
    }
    sql.append(" ORDER BY ").append(id).append(" DESC LIMIT ?");
    arguments.add(query.limit());
    return records(statements, sql.toString(), arguments);
  }

  /** The rarest label leads: the others are looked up for each of its runs. */
  private static List<Map.Entry<String, String>> rarestFirst(
      Statements statements, Map<String, String> labels) throws SQLException {
    List<Map.Entry<String, String>> ordered = new ArrayList<>(labels.entrySet());
    if (ordered.size() > 1) {
      Map<String, Integer> runs = new HashMap<>();
      for (var label : ordered) {
        runs.put(label.getKey(), runsUpToLimit(statements, label));
      }
      ordered.sort(Comparator.comparing(label -> runs.getOrDefault(label.getKey(), 0)));
    }
    return ordered;
  }

  private static int runsUpToLimit(Statements statements, Map.Entry<String, String> label)
      throws SQLException {
    PreparedStatement select =
        statements.of(
            """
            SELECT count(*) FROM
              (SELECT 1 FROM run_labels WHERE name = ? AND value = ? LIMIT 2000)\
            """);
    select.setString(1, label.getKey());
    select.setString(2, label.getValue());
    try (ResultSet row = select.executeQuery()) {
      return row.getInt(1);
    }
  }

  private static void labelConditions(
      List<Map.Entry<String, String>> labels, List<String> conditions, List<Object> arguments) {
    for (var label : labels) {
      conditions.add(
          conditions.isEmpty()
              ? "l.name = ? AND l.value = ?"
              : "EXISTS (SELECT 1 FROM run_labels o"
                  + " WHERE o.run = l.run AND o.name = ? AND o.value = ?)");
      arguments.add(label.getKey());
      arguments.add(label.getValue());
    }
  }

  private static List<RunRecord> records(Statements statements, String sql, List<?> arguments)
      throws SQLException {
    PreparedStatement select = statements.of(sql);
    for (int i = 0; i < arguments.size(); i++) {
      select.setObject(i + 1, arguments.get(i));
    }
    List<RunRecord> runs = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        runs.add(record(row, labels(statements, row.getString(1))));
      }
    }
    return runs;
  }

  private static RunRecord record(ResultSet row, Map<String, String> labels) throws SQLException {
    long finished = row.getLong(7);
    Instant end = row.wasNull() ? null : Instants.ofNanos(finished);
    return new RunRecord(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        Instants.ofNanos(row.getLong(4)),
        labels,
        new Summary(row.getString(5), row.getString(6), end));
  }

  private static Map<String, String> labels(Statements statements, String id) throws SQLException {
    PreparedStatement select = statements.of("SELECT name, value FROM run_labels WHERE run = ?");
    select.setString(1, id);
    Map<String, String> labels = new LinkedHashMap<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        labels.put(row.getString(1), row.getString(2));
      }
    }
    return labels;
  }
}
