package dev.millrace.journal;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.PackedResult;
import dev.millrace.digest.Digest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads results with their actions, for explanations, lineage and collection. */
final class RecordedResults {
  private static final String COLUMNS =
      "r.number, r.used, octet_length(r.action), r.key, r.subject, r.result, r.action";

  private static final String SELECT = "SELECT 0, " + COLUMNS + " FROM results r ";

  /** Of results with the same outputs, recorded for several subjects, the newest counts. */
  private static final String NEWEST =
      """
       AND NOT EXISTS (SELECT 1 FROM result_keys k CROSS JOIN results n ON n.number = k.number
      WHERE k.prefix = r.prefix AND k.number > r.number AND n.outputs = r.outputs)\
      """;

  private static final BatchSelect LAST_OF_SUBJECT =
      new BatchSelect(
          COLUMNS,
          """
          CROSS JOIN results r
          ON r.number = (SELECT max(s.number) FROM results s WHERE s.subject = wanted.key)\
          """);

  private static final BatchSelect LAST_OF_STEP =
      new BatchSelect(
          COLUMNS,
          """
          CROSS JOIN results r ON r.number =
          (SELECT max(o.number) FROM results o WHERE o.subject IN
            (SELECT wanted.key UNION ALL SELECT s.last FROM steps s WHERE s.name = wanted.key))\
          """);

  private RecordedResults() {}

  /** A result and its number, by which results are read in pages. */
  record Numbered(long number, Recorded recorded) {}

  static Map<String, Recorded> nearest(Statements statements, Set<String> subjects)
      throws SQLException {
    Map<String, Recorded> found = last(statements, LAST_OF_SUBJECT, subjects);
    Set<String> steps = new LinkedHashSet<>();
    for (String subject : subjects) {
      if (!found.containsKey(subject)) {
        steps.add(ResultInsert.step(subject));
      }
    }
    if (!steps.isEmpty()) {
      Map<String, Recorded> ofSteps = last(statements, LAST_OF_STEP, steps);
      for (String subject : subjects) {
        Recorded ofStep = ofSteps.get(ResultInsert.step(subject));
        if (ofStep != null) {
          found.putIfAbsent(subject, ofStep);
        }
      }
    }
    return found;
  }

  private static Map<String, Recorded> last(
      Statements statements, BatchSelect select, Set<String> wanted) throws SQLException {
    List<String> names = List.copyOf(wanted);
    Map<String, Recorded> found = new HashMap<>();
    select.run(
        statements,
        names.size(),
        (statement, parameter, place) -> statement.setString(parameter, names.get(place)),
        (place, row) -> found.put(names.get(place), recorded(row).recorded()));
    return found;
  }

  static Optional<Action> action(Statements statements, ActionKey key) throws SQLException {
    String sql =
        "SELECT action FROM results WHERE number IN "
            + ResultIndex.OF_PREFIX
            + " AND key = ? LIMIT 1";
    PreparedStatement select = statements.of(sql);
    bind(select, key);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.of(ActionCodec.parse(row.getString(1))) : Optional.empty();
    }
  }

  /** Binds the first two parameters. */
  static void bind(PreparedStatement statement, ActionKey key) throws SQLException {
    statement.setLong(1, ResultRow.prefix(key.digest()));
    statement.setBytes(2, ResultRow.hash(key.digest()));
  }

  static List<Recorded> history(Statements statements, ActionKey key) throws SQLException {
    String sql =
        SELECT + "WHERE r.number IN " + ResultIndex.OF_PREFIX + " AND r.key = ? AND r.live = 1";
    PreparedStatement select = statements.of(sql + NEWEST + " ORDER BY r.number DESC");
    bind(select, key);
    List<Recorded> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(recorded(row).recorded());
      }
    }
    return found;
  }

  /** Returns the results that have the artifact as an output, newest first. */
  static List<Recorded> producersOf(Statements statements, Digest artifact, int limit)
      throws SQLException {
    // The numbers come from indexes alone: thousands may have made the empty file.
    String sql =
        """
        SELECT k.number FROM artifacts f CROSS JOIN result_keys k ON k.prefix = f.prefix
        WHERE f.artifact = ? ORDER BY k.number DESC\
        """;
    PreparedStatement select = statements.of(sql);
    select.setLong(1, ResultRow.prefix(artifact));
    List<Recorded> found = new ArrayList<>();
    try (ResultSet numbers = select.executeQuery()) {
      while (found.size() < limit && numbers.next()) {
        ofNumber(statements, numbers.getLong(1))
            .filter(recorded -> hasOutput(recorded, artifact))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** Part of a hash was compared, and the action may have other results, without it. */
  private static boolean hasOutput(Recorded recorded, Digest artifact) {
    return recorded.result().outputs().values().stream()
        .anyMatch(output -> output.digest().equals(artifact));
  }

  private static Optional<Recorded> ofNumber(Statements statements, long number)
      throws SQLException {
    PreparedStatement select = statements.of(SELECT + "WHERE r.number = ?" + NEWEST);
    select.setLong(1, number);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.of(recorded(row).recorded()) : Optional.empty();
    }
  }

  /** Returns live results recorded before that number, newest first. */
  static List<Numbered> page(Statements statements, long before, int limit) throws SQLException {
    PreparedStatement select =
        statements.of(
            SELECT
                + "WHERE r.live = 1 AND r.number < ?"
                + NEWEST
                + " ORDER BY r.number DESC LIMIT ?");
    select.setLong(1, before);
    select.setInt(2, limit);
    List<Numbered> found = new ArrayList<>(limit);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(recorded(row));
      }
    }
    return found;
  }

  /** Reads {@link #COLUMNS}, from the second column on. */
  private static Numbered recorded(ResultSet row) throws SQLException {
    ActionKey key = new ActionKey(Digest.ofHash(row.getBytes(5), row.getLong(4)));
    Instant used = Instant.ofEpochMilli(row.getLong(3));
    Action action = ActionCodec.parse(row.getString(8));
    return new Numbered(
        row.getLong(2),
        new Recorded(key, row.getString(6), action, PackedResult.read(row.getBytes(7)), used));
  }
}
