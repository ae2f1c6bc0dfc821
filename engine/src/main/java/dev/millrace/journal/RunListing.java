package dev.millrace.journal;

import dev.millrace.journal.RunRecord.Summary;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
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
    RunSelection selection = RunSelection.of(statements, query);
    List<Object> arguments = new ArrayList<>();
    String from = selection.from(true, arguments);
    arguments.add(query.limit());
    String order = " ORDER BY " + selection.id() + " DESC LIMIT ?";
    return records(statements, COLUMNS + from + order, arguments);
  }

  /** Counts the runs from the query's cursor on. */
  static long count(Statements statements, RunQuery query) throws SQLException {
    List<Object> arguments = new ArrayList<>();
    String from = RunSelection.of(statements, query).from(false, arguments);
    PreparedStatement select = statements.of("SELECT count(*) FROM " + from);
    bind(select, arguments);
    try (ResultSet row = select.executeQuery()) {
      return row.getLong(1);
    }
  }

  /** Reads the ids of all runs, which are in one index, and nothing else of them. */
  static List<RunRecord> search(Statements statements, String part, int limit) throws SQLException {
    PreparedStatement select =
        statements.of(
            """
            SELECT id FROM runs
            WHERE substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1
            ORDER BY id DESC LIMIT ?2\
            """);
    select.setString(1, part);
    select.setInt(2, limit);
    List<String> ids = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    List<RunRecord> found = new ArrayList<>(ids.size());
    for (String id : ids) {
      find(statements, id).ifPresent(found::add);
    }
    return found;
  }

  static void bind(PreparedStatement select, List<Object> arguments) throws SQLException {
    for (int i = 0; i < arguments.size(); i++) {
      select.setObject(i + 1, arguments.get(i));
    }
  }

  private static List<RunRecord> records(Statements statements, String sql, List<Object> arguments)
      throws SQLException {
    PreparedStatement select = statements.of(sql);
    bind(select, arguments);
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
