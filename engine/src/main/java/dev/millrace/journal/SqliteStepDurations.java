package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The durations of steps in the embedded database. */
public final class SqliteStepDurations implements StepDurations {
  private final SqliteDatabase database;

  /**
   * @param database stays the caller's to close
   */
  public SqliteStepDurations(SqliteDatabase database) {
    this.database = database;
  }

  @Override
  public Map<String, Long> averageMillis(String pipeline) {
    return database.read(
        statements -> {
          PreparedStatement select =
              statements.of("SELECT step, millis FROM step_durations WHERE pipeline = ?");
          select.setString(1, pipeline);
          Map<String, Long> means = new HashMap<>();
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              means.put(row.getString(1), Math.round(row.getDouble(2)));
            }
          }
          return means;
        });
  }

  @Override
  public CompletionStage<Void> record(String pipeline, Map<String, Long> millisByStep) {
    Map<String, Long> durations = Map.copyOf(millisByStep);
    return database.writeLazily(
        statements -> {
          PreparedStatement insert =
              statements.of(
                  """
                  INSERT INTO step_durations (pipeline, step, millis) VALUES (?, ?, ?)
                  ON CONFLICT (pipeline, step)
                  DO UPDATE SET millis = millis + ? * (excluded.millis - millis)\
                  """);
          for (Map.Entry<String, Long> duration : durations.entrySet()) {
            insert.setString(1, pipeline);
            insert.setString(2, duration.getKey());
            insert.setLong(3, duration.getValue());
            insert.setDouble(4, WEIGHT);
            insert.executeUpdate();
          }
        });
  }
}
