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
import java.util.OptionalLong;
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
  /** A fact's place in the table is its run's number times this, and its own number. */
  private static final long FACTS_A_RUN = 1L << 36;

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
            INSERT INTO facts (place, count, facts)
            VALUES ((SELECT number FROM runs WHERE id = ?) * ? + ?, ?, ?)\
            """);
    for (FactPage page : pages) {
      insert.setString(1, runId);
      insert.setLong(2, FACTS_A_RUN);
      insert.setLong(3, page.first());
      insert.setInt(4, page.count());
      insert.setString(5, page.text());
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
    Advance advance = new Advance(runId, epoch, firstSequence, facts.size());
    return database.write(
        statements -> {
          if (!advance(statements, advance, summary)) {
            throw refusal(statements, runId, epoch, firstSequence);
          }
          insertPages(statements, runId, pages);
        });
  }

  /** A move of a run's counter: {@code count} facts from number {@code first} on. */
  private record Advance(String runId, long epoch, long first, int count) {
    static final String SET = "UPDATE runs SET last = last + ?";
    static final String WHERE = " WHERE id = ? AND epoch = ? AND last = ?";

    /** Returns the number of the next parameter. */
    int bind(PreparedStatement update, int from) throws SQLException {
      update.setLong(from, count);
      update.setString(from + 1, runId);
      update.setLong(from + 2, epoch);
      update.setLong(from + 3, first - 1);
      return from + 4;
    }
  }

  /**
   * Returns false if the run is not of that epoch, or its facts do not end there. Whether the
   * status is another is found out first: only then the indexes of the listing must be written.
   */
  private static boolean advance(Statements statements, Advance advance, @Nullable Summary summary)
      throws SQLException {
    if (summary == null) {
      PreparedStatement update = statements.of(Advance.SET + Advance.WHERE);
      advance.bind(update, 1);
      return update.executeUpdate() == 1;
    }
    return (summary.finished() == null && advanceWithin(statements, advance, summary))
        || advanceTo(statements, advance, summary);
  }

  private static boolean advanceWithin(Statements statements, Advance advance, Summary summary)
      throws SQLException {
    PreparedStatement update =
        statements.of(
            "UPDATE runs SET counts = ?, last = last + ?"
                + Advance.WHERE
                + " AND status = ? AND finished IS NULL");
    update.setString(1, summary.counts());
    update.setString(advance.bind(update, 2), summary.status());
    return update.executeUpdate() == 1;
  }

  private static boolean advanceTo(Statements statements, Advance advance, Summary summary)
      throws SQLException {
    PreparedStatement update =
        statements.of(
            "UPDATE runs SET status = ?, counts = ?, finished = ?, last = last + ?"
                + Advance.WHERE);
    bind(update, 1, summary);
    advance.bind(update, 4);
    return update.executeUpdate() == 1;
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
    return database.read(statements -> read(statements, runId, fromSequence, limit));
  }

  private static List<StoredFact> read(
      Statements statements, String runId, long fromSequence, int limit) throws SQLException {
    OptionalLong number = number(statements, runId);
    if (number.isEmpty()) {
      return List.of();
    }
    long start = number.getAsLong() * FACTS_A_RUN;
    PreparedStatement select =
        statements.of(
            """
            SELECT place, count, facts FROM facts
            WHERE place < ?1 + ?2 AND place >= coalesce(
              (SELECT max(place) FROM facts WHERE place BETWEEN ?1 AND ?3), ?1)
            ORDER BY place\
            """);
    select.setLong(1, start);
    select.setLong(2, FACTS_A_RUN);
    select.setLong(3, start + Math.min(fromSequence, FACTS_A_RUN - 1));
    List<StoredFact> facts = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (facts.size() < limit && row.next()) {
        new FactPage(row.getLong(1) - start, row.getInt(2), row.getString(3))
            .unpack(fromSequence, facts);
      }
    }
    return facts;
  }

  private static OptionalLong number(Statements statements, String runId) throws SQLException {
    PreparedStatement select = statements.of("SELECT number FROM runs WHERE id = ?");
    select.setString(1, runId);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
    }
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
  public long count(RunQuery query) {
    return database.read(statements -> RunListing.count(statements, query));
  }

  @Override
  public List<RunRecord> search(String part, int limit) {
    return database.read(statements -> RunListing.search(statements, part, limit));
  }

  @Override
  public Optional<RunRecord> findUnfinished(String submissionDigest) {
    return database.read(statements -> RunListing.findUnfinished(statements, submissionDigest));
  }

  @Override
  public void close() {}
}
