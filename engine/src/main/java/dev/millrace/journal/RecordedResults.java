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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads results with their actions, for explanations, lineage and collection. */
final class RecordedResults {
  private static final String COLUMNS =
      "r.number, r.used, octet_length(r.action), r.key, r.subject, r.result, r.action, r.outputs,"
          + " r.live";

  private static final String SELECT = "SELECT 0, " + COLUMNS + " FROM results r ";

  /** Live results before a number; without those of which a newer one is settled. */
  private static final String PAGE =
      SELECT
          + """
          WHERE r.live = 1 AND r.number < ? AND NOT EXISTS (
            SELECT 1 FROM settled_keys k CROSS JOIN results n ON n.number = k.number
            WHERE k.prefix = r.prefix AND k.number > r.number
              AND n.outputs = r.outputs AND n.key = r.key)
          ORDER BY r.number DESC LIMIT ?\
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

  private final RecentKeys recent;

  /**
   * @param recent of the database that all is read from
   */
  RecordedResults(RecentKeys recent) {
    this.recent = recent;
  }

  /**
   * Some results, newest first.
   *
   * @param last the number of the last that was looked at: behind it the next page begins; or 0 if
   *     there was none
   */
  record Page(List<Recorded> results, long last) {}

  /** A row of the table. */
  private record Row(long number, Recorded recorded, long outputs, boolean live) {
    Variant variant() {
      return new Variant(recorded.key(), outputs);
    }
  }

  /**
   * What several results may have in common: recorded for several subjects, or one after another.
   * The newest of them counts.
   */
  private record Variant(ActionKey key, long outputs) {}

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
        (place, row) -> found.put(names.get(place), recorded(row)));
    return found;
  }

  Optional<Action> action(Statements statements, ActionKey key) throws SQLException {
    return rows(statements, key).stream().findFirst().map(row -> row.recorded.action());
  }

  /** Returns the results of the key, newest first. */
  private List<Row> rows(Statements statements, ActionKey key) throws SQLException {
    NavigableSet<Long> numbers = numbers(statements, key);
    List<Row> rows = new ArrayList<>();
    boolean replaced = false;
    for (long number : numbers) {
      Row row = read(statements, number);
      replaced |= row == null;
      // Keys may begin alike.
      if (row != null && Arrays.equals(hash(row.recorded.key()), hash(key))) {
        rows.add(row);
      }
    }
    // One that was replaced meanwhile was so by one that is not among these.
    return replaced && !numbers.equals(numbers(statements, key)) ? rows(statements, key) : rows;
  }

  private static byte[] hash(ActionKey key) {
    return ResultRow.hash(key.digest());
  }

  private NavigableSet<Long> numbers(Statements statements, ActionKey key) throws SQLException {
    return ResultIndex.numbers(statements, recent, ResultRow.prefix(key.digest()));
  }

  List<Recorded> history(Statements statements, ActionKey key) throws SQLException {
    List<Recorded> found = new ArrayList<>();
    Set<Variant> newer = new HashSet<>();
    for (Row row : rows(statements, key)) {
      if (newer.add(row.variant()) && row.live) {
        found.add(row.recorded);
      }
    }
    return found;
  }

  /** Returns the results that have the artifact as an output, newest first. */
  List<Recorded> producersOf(Statements statements, Digest artifact, int limit)
      throws SQLException {
    List<Recorded> found = new ArrayList<>();
    Set<Variant> newer = new HashSet<>();
    for (long number : recentProducers(statements, artifact)) {
      if (found.size() < limit) {
        addProducer(read(statements, number), artifact, newer, found);
      }
    }
    // The numbers come from indexes alone: thousands may have made the empty file.
    PreparedStatement select =
        statements.of(
            """
            SELECT k.number FROM artifacts f CROSS JOIN settled_keys k ON k.prefix = f.prefix
            WHERE f.artifact = ? ORDER BY k.number DESC\
            """);
    select.setLong(1, ResultRow.prefix(artifact));
    try (ResultSet numbers = select.executeQuery()) {
      while (found.size() < limit && numbers.next()) {
        addProducer(read(statements, numbers.getLong(1)), artifact, newer, found);
      }
    }
    return found;
  }

  private NavigableSet<Long> recentProducers(Statements statements, Digest artifact)
      throws SQLException {
    recent.refresh(statements);
    NavigableSet<Long> numbers = new TreeSet<>(Comparator.reverseOrder());
    PreparedStatement select = statements.of("SELECT prefix FROM artifacts WHERE artifact = ?");
    select.setLong(1, ResultRow.prefix(artifact));
    try (ResultSet prefixes = select.executeQuery()) {
      while (prefixes.next()) {
        numbers.addAll(recent.numbers(prefixes.getLong(1)));
      }
    }
    return numbers;
  }

  /** Part of a hash was compared, and the action may have other results, without the artifact. */
  private static void addProducer(
      @Nullable Row row, Digest artifact, Set<Variant> newer, List<Recorded> found) {
    if (row != null
        && newer.add(row.variant())
        && row.recorded.result().outputs().values().stream()
            .anyMatch(output -> output.digest().equals(artifact))) {
      found.add(row.recorded);
    }
  }

  /** Returns live results recorded before that number. */
  Page page(Statements statements, long before, int limit) throws SQLException {
    while (true) {
      recent.refresh(statements);
      long settlings = recent.settlings();
      Page page = readPage(statements, before, limit);
      // What was settled between the two questions is in neither answer.
      if (recent.settlings() == settlings) {
        return page;
      }
    }
  }

  private Page readPage(Statements statements, long before, int limit) throws SQLException {
    PreparedStatement select = statements.of(PAGE);
    select.setLong(1, before);
    select.setInt(2, limit);
    List<Recorded> found = new ArrayList<>(limit);
    long last = 0;
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Row row = row(rows);
        last = row.number;
        if (!hasNewerRecent(statements, row)) {
          found.add(row.recorded);
        }
      }
    }
    return new Page(found, last);
  }

  private boolean hasNewerRecent(Statements statements, Row row) throws SQLException {
    ActionKey key = row.recorded.key();
    PreparedStatement select =
        statements.of("SELECT 1 FROM results WHERE number = ? AND outputs = ? AND key = ?");
    for (long number : recent.numbers(ResultRow.prefix(key.digest()))) {
      if (number <= row.number) {
        break;
      }
      select.setLong(1, number);
      select.setLong(2, row.outputs);
      select.setBytes(3, hash(key));
      try (ResultSet newer = select.executeQuery()) {
        if (newer.next()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns what has all results of the key dropped that have been recorded until then. */
  Write forgetting(Statements statements, ActionKey key) throws SQLException {
    long last = ResultIndex.last(statements);
    NavigableSet<Long> known = numbers(statements, key);
    return writer -> {
      Set<Long> numbers = ResultIndex.numbersSince(writer, ResultRow.prefix(key.digest()), last);
      numbers.addAll(known);
      PreparedStatement update =
          writer.of("UPDATE results SET live = 0 WHERE number = ? AND key = ?");
      for (long number : numbers) {
        update.setLong(1, number);
        update.setBytes(2, hash(key));
        update.executeUpdate();
      }
    };
  }

  /** Returns the result of that number, or null if it has been replaced. */
  private static @Nullable Row read(Statements statements, long number) throws SQLException {
    PreparedStatement select = statements.of(SELECT + "WHERE r.number = ?");
    select.setLong(1, number);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row(row) : null;
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(row.getLong(2), recorded(row), row.getLong(9), row.getInt(10) == 1);
  }

  /** Reads {@link #COLUMNS}, from the second column on. */
  private static Recorded recorded(ResultSet row) throws SQLException {
    ActionKey key = new ActionKey(Digest.ofHash(row.getBytes(5), row.getLong(4)));
    Instant used = Instant.ofEpochMilli(row.getLong(3));
    Action action = ActionCodec.parse(row.getString(8));
    return new Recorded(key, row.getString(6), action, PackedResult.read(row.getBytes(7)), used);
  }
}
