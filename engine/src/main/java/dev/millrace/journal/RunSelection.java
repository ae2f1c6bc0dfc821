package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The part of a statement that says which runs. One condition leads: its index gives runs in the
 * order of their ids, and the others are looked up for each of them. SQLite could not know which
 * holds for the fewest; counting the beginning of each index tells.
 */
final class RunSelection {
  private static final int COUNTED = 2_000;

  private final RunQuery query;
  private final List<Map.Entry<String, String>> labels;
  private final boolean labelLeads;

  private RunSelection(RunQuery query, List<Map.Entry<String, String>> labels, boolean labelLeads) {
    this.query = query;
    this.labels = labels;
    this.labelLeads = labelLeads;
  }

  static RunSelection of(Statements statements, RunQuery query) throws SQLException {
    List<Rated> rated = new ArrayList<>();
    boolean choice = query.labels().size() > 1 || (!query.labels().isEmpty() && hasOwn(query));
    for (Map.Entry<String, String> label : query.labels().entrySet()) {
      rated.add(new Rated(label, choice ? count(statements, label) : 0));
    }
    rated.sort(Comparator.comparingInt(Rated::runs));
    boolean labelLeads =
        !rated.isEmpty() && (!hasOwn(query) || rated.getFirst().runs() <= count(statements, query));
    return new RunSelection(query, rated.stream().map(Rated::label).toList(), labelLeads);
  }

  /** A label, and how many runs have it, as far as they are counted. */
  private record Rated(Map.Entry<String, String> label, int runs) {}

  /** Whether columns of the table of runs are asked for. */
  private static boolean hasOwn(RunQuery query) {
    return query.pipeline() != null || query.status() != null;
  }

  private static int count(Statements statements, Map.Entry<String, String> label)
      throws SQLException {
    return count(
        statements,
        "run_labels WHERE name = ? AND value = ?",
        List.of(label.getKey(), label.getValue()));
  }

  private static int count(Statements statements, RunQuery query) throws SQLException {
    List<Object> arguments = new ArrayList<>();
    List<String> conditions = own(query, arguments);
    return count(statements, "runs r WHERE " + String.join(" AND ", conditions), arguments);
  }

  private static int count(Statements statements, String what, List<Object> arguments)
      throws SQLException {
    PreparedStatement select =
        statements.of("SELECT count(*) FROM (SELECT 1 FROM " + what + " LIMIT " + COUNTED + ")");
    RunListing.bind(select, arguments);
    try (ResultSet row = select.executeQuery()) {
      return row.getInt(1);
    }
  }

  private static List<String> own(RunQuery query, List<Object> arguments) {
    List<String> conditions = new ArrayList<>();
    if (query.pipeline() != null) {
      conditions.add("r.pipeline = ?");
      arguments.add(query.pipeline());
    }
    if (query.status() != null) {
      conditions.add("r.status = ?");
      arguments.add(query.status());
    }
    return conditions;
  }

  /**
   * Returns what follows {@code FROM}, up to the end of the conditions.
   *
   * @param columns whether columns of the runs are selected, from the table {@code r}
   * @param arguments gets those of the conditions
   */
  String from(boolean columns, List<Object> arguments) {
    List<String> conditions = new ArrayList<>();
    if (labelLeads) {
      conditions.add("l.name = ? AND l.value = ?");
      addTo(arguments, labels.getFirst());
    }
    conditions.addAll(own(query, arguments));
    for (Map.Entry<String, String> label : labels.subList(labelLeads ? 1 : 0, labels.size())) {
      conditions.add(
          "EXISTS (SELECT 1 FROM run_labels o WHERE o.run = %s AND o.name = ? AND o.value = ?)"
              .formatted(id()));
      addTo(arguments, label);
    }
    if (query.before() != null) {
      conditions.add(id() + " < ?");
      arguments.add(query.before());
    }
    if (query.from() != null) {
      conditions.add(id() + " >= ?");
      arguments.add(query.from());
    }
    String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    return table(columns || hasOwn(query)) + where;
  }

  private static void addTo(List<Object> arguments, Map.Entry<String, String> label) {
    arguments.add(label.getKey());
    arguments.add(label.getValue());
  }

  private String table(boolean joined) {
    if (!labelLeads) {
      return "runs r";
    }
    // CROSS JOIN fixes the order: from the label's index to the runs.
    return joined ? "run_labels l CROSS JOIN runs r ON r.id = l.run" : "run_labels l";
  }

  /** Returns the column that has the id, in the order of the leading index. */
  String id() {
    return labelLeads ? "l.run" : "r.id";
  }
}
