package dev.millrace.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The definitions in the embedded database. */
public final class SqliteDefinitions implements DefinitionStore {
  private final SqliteDatabase database;

  /**
   * @param database stays the caller's to close
   */
  public SqliteDefinitions(SqliteDatabase database) {
    this.database = database;
  }

  @Override
  public CompletionStage<Void> update(
      String kind, String name, UnaryOperator<@Nullable String> change) {
    return database.write(
        statements -> {
          String before = find(statements, kind, name);
          String after = change.apply(before);
          if (after == null) {
            write(statements, "DELETE FROM definitions WHERE kind = ? AND name = ?", kind, name);
          } else if (!Objects.equals(before, after)) {
            write(
                statements,
                "INSERT OR REPLACE INTO definitions (kind, name, value) VALUES (?, ?, ?)",
                kind,
                name,
                after);
          }
        });
  }

  private static void write(Statements statements, String sql, String... values)
      throws SQLException {
    PreparedStatement statement = statements.of(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
    statement.executeUpdate();
  }

  private static @Nullable String find(Statements statements, String kind, String name)
      throws SQLException {
    PreparedStatement select =
        statements.of("SELECT value FROM definitions WHERE kind = ? AND name = ?");
    select.setString(1, kind);
    select.setString(2, name);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  @Override
  public Optional<String> find(String kind, String name) {
    return database.read(statements -> Optional.ofNullable(find(statements, kind, name)));
  }

  @Override
  public List<Definition> list(String kind, String after, int limit) {
    return database.read(
        statements -> {
          PreparedStatement select =
              statements.of(
                  """
                  SELECT name, value FROM definitions
                  WHERE kind = ? AND name > ? ORDER BY name LIMIT ?\
                  """);
          select.setString(1, kind);
          select.setString(2, after);
          select.setInt(3, limit);
          List<Definition> page = new ArrayList<>();
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              page.add(new Definition(row.getString(1), row.getString(2)));
            }
          }
          return page;
        });
  }
}
