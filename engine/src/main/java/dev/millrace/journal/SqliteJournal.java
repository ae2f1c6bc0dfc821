package dev.millrace.journal;

import dev.millrace.journal.RunRecord.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The journal in the embedded database. That an append has the newest epoch and follows the last
 * fact is checked by the very statement that moves the run's counter on, within the transaction of
 * the facts.
 */
public final class SqliteJournal implements Journal {
  private final SqliteDatabase database;

  /**
   * @param database stays the caller's to close
   */
  public SqliteJournal(SqliteDatabase database) {
    this.database = database;
  }

  @Override
  public CompletionStage<Void> create(RunRecord run, List<String> facts) {
    List<FactPage> pages = FactPage.pack(1, facts);
    return database.write(
        statements -> {
          insertRun(statements, run, facts.size());
          insertLabels(statements, run);
          insertPages(statements, run.id(), pages);
        });
  }

  private static void insertRun(Statements statements, RunRecord run, int last)
      throws SQLException {
    PreparedStatement insert =
        statements.of(
            """
            INSERT INTO runs (id, pipeline, submission, submitted, epoch, last,
              status, counts, finished)
            VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING\
            """);
    insert.setString(1, run.id());
    insert.setString(2, run.pipeline());
    insert.setString(3, run.submissionDigest());
    insert.setLong(4, Instants.nanos(run.submitted()));
    insert.setLong(5, last);
    bind(insert, 6, run.summary());
    if (insert.executeUpdate() == 0) {
      throw new IllegalStateException("there is a run " + run.id() + " already");
    }
  }

  private static void insertLabels(Statements statements, RunRecord run) throws SQLException {
    PreparedStatement insert =
        statements.of("INSERT INTO run_labels (run, name, value) VALUES (?, ?, ?)");
    for (var label : run.labels().entrySet()) {
      insert.setString(1, run.id());
      insert.setString(2, label.getKey());
      insert.setString(3, label.getValue());
      insert.executeUpdate();
    }
  }

  private static void insertPages(Statements statements, String runId, List<FactPage> pages)
      throws SQLException {
    PreparedStatement insert =
        statements.of(
            """
            INSERT INTO facts (run, first, count, facts)
            SELECT number, ?, ?, ? FROM runs WHERE id = ?\
            """);
    for (FactPage page : pages) {
      insert.setLong(1, page.first());
      insert.setInt(2, page.count());
      insert.setString(3, page.text());
      insert.setString(4, runId);
      insert.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, int from, Summary summary)
      throws SQLException {
    statement.setString(from, summary.status());
    statement.setString(from + 1, summary.counts());
    Instant finished = summary.finished();
    if (finished != null) {
      statement.setLong(from + 2, Instants.nanos(finished));
    } else {
      statement.setNull(from + 2, Types.INTEGER);
    }
  }

  @Override
  public long claim(String runId, String owner) {
    AtomicLong epoch = new AtomicLong();
    await(
        database.write(
            statements -> {
              PreparedStatement update =
                  statements.of(
                      "UPDATE runs SET epoch = epoch + 1, owner = ? WHERE id = ? RETURNING epoch");
              update.setString(1, owner);
              update.setString(2, runId);
              try (ResultSet row = update.executeQuery()) {
                if (!row.next()) {
                  throw noSuchRun(runId);
                }
                epoch.set(row.getLong(1));
              }
            }));
    return epoch.get();
  }

  private static void await(CompletableFuture<Void> stage) {
    try {
      stage.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw new UncheckedIOException(failure);
        case RuntimeException refused -> throw refused;
        case null, default -> throw e;
      }
    }
  }

  @Override
  public CompletionStage<Void> append(
      String runId, long epoch, long firstSequence, List<String> facts, @Nullable Summary summary) {
    List<FactPage> pages = FactPage.pack(firstSequence, facts);
    return database.write(
        statements -> {
          PreparedStatement update = advance(statements, summary);
          int at = summary != null ? 4 : 1;
          update.setLong(at, facts.size());
          update.setString(at + 1, runId);
          update.setLong(at + 2, epoch);
          update.setLong(at + 3, firstSequence - 1);
          if (update.executeUpdate() == 0) {
            throw refusal(statements, runId, epoch, firstSequence);
          }
          insertPages(statements, runId, pages);
        });
  }

  private static PreparedStatement advance(Statements statements, @Nullable Summary summary)
      throws SQLException {
    if (summary == null) {
      return statements.of(
          "UPDATE runs SET last = last + ? WHERE id = ? AND epoch = ? AND last = ?");
    }
    PreparedStatement update =
        statements.of(
            """
            UPDATE runs SET status = ?, counts = ?, finished = ?, last = last + ?
            WHERE id = ? AND epoch = ? AND last = ?\
            """);
    bind(update, 1, summary);
    return update;
  }

  private static RuntimeException refusal(
      Statements statements, String runId, long epoch, long firstSequence) throws SQLException {
    PreparedStatement select = statements.of("SELECT epoch, last FROM runs WHERE id = ?");
    select.setString(1, runId);
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return noSuchRun(runId);
      }
      long current = row.getLong(1);
      return current != epoch
          ? new StaleOwnerException(runId, epoch, current)
          : new IllegalStateException(
              "run %s has %d facts: number %d does not follow"
                  .formatted(runId, row.getLong(2), firstSequence));
    }
  }

  private static IllegalArgumentException noSuchRun(String runId) {
    return new IllegalArgumentException("there is no run " + runId);
  }

  @Override
  public List<StoredFact> read(String runId, long fromSequence, int limit) {
    return database.read(
        statements -> {
          PreparedStatement select =
              statements.of(
                  """
                  SELECT f.first, f.count, f.facts FROM runs r JOIN facts f ON f.run = r.number
                  WHERE r.id = ? AND f.first >= coalesce((SELECT max(p.first) FROM facts p
                    WHERE p.run = r.number AND p.first <= ?), 0)
                  ORDER BY f.first\
                  """);
          select.setString(1, runId);
          select.setLong(2, fromSequence);
          List<StoredFact> facts = new ArrayList<>();
          try (ResultSet row = select.executeQuery()) {
            while (facts.size() < limit && row.next()) {
              new FactPage(row.getLong(1), row.getInt(2), row.getString(3))
                  .unpack(fromSequence, facts);
            }
          }
          return facts;
        });
  }

  @Override
  public Optional<RunRecord> find(String runId) {
    return database.read(statements -> RunListing.find(statements, runId));
  }

  @Override
  public List<RunRecord> list(RunQuery query) {
    return database.read(statements -> RunListing.list(statements, query));
  }

  @Override
  public Optional<RunRecord> findUnfinished(String submissionDigest) {
    return database.read(statements -> RunListing.findUnfinished(statements, submissionDigest));
  }

  @Override
  public void close() {}
}
