package dev.millrace.journal;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.ResultCodec;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The action cache in the embedded database, so that a result and the fact that reports it share
 * one commit. Texts are made on the caller's thread; the writer only binds them.
 */
public final class SqliteActionCache implements ActionCache {
  /** A use is noted when the last one noted is older than this, as file systems do (relatime). */
  private static final long GRAIN = Duration.ofHours(1).toMillis();

  private static final String RECORDED =
      """
      SELECT a.key, a.canonical, r.subject, r.result, r.used, r.number
      FROM actions a JOIN results r ON r.action = a.number\
      """;

  private static final int PAGE = 200;

  private final SqliteDatabase database;
  private final InstantSource clock;

  /**
   * @param database stays the caller's to close
   * @param clock for the times of use
   */
  public SqliteActionCache(SqliteDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public Map<ActionKey, ActionResult> lookup(Collection<ActionKey> keys) {
    long stale = clock.millis() - GRAIN;
    ResultLookup lookup = new ResultLookup(List.copyOf(keys), stale);
    Map<ActionKey, ActionResult> found = database.read(lookup::run);
    if (!lookup.unnoted().isEmpty() && database.isWritable()) {
      noteUse(lookup.unnoted());
    }
    return found;
  }

  /** Best effort: a use that is lost makes a result go somewhat earlier when space is needed. */
  private void noteUse(List<Long> results) {
    long now = clock.millis();
    var _ =
        database.writeLazily(
            statements -> {
              PreparedStatement update =
                  statements.of("UPDATE results SET used = ? WHERE number = ?");
              for (long result : results) {
                update.setLong(1, now);
                update.setLong(2, result);
                update.executeUpdate();
              }
            });
  }

  @Override
  public CompletionStage<Void> put(
      ActionKey key, Action action, String subject, ActionResult result) {
    RecordedRow row =
        new RecordedRow(
            hash(key.digest()),
            ActionCodec.text(action),
            subject,
            ResultCodec.outputsDigest(result.outputs()).word0(),
            ResultCodec.text(result),
            clock.millis());
    long[] artifacts =
        outputs(result).stream().mapToLong(Digest::word0).sorted().distinct().toArray();
    return database.writeLazily(
        statements -> {
          long number = row.insertAction(statements, database.actionNumbers());
          row.insertResult(statements, number);
          row.pointTo(statements, subject, number);
          row.pointTo(statements, step(subject), number);
          for (long artifact : artifacts) {
            RecordedRow.insertArtifact(statements, artifact, number);
          }
        });
  }

  private static List<Digest> outputs(ActionResult result) {
    return result.outputs().values().stream().map(Artifact::digest).toList();
  }

  /** The name under which the last action of a whole step is kept; no subject ends like this. */
  private static String step(String subject) {
    int bracket = subject.indexOf('[');
    return (bracket < 0 ? subject : subject.substring(0, bracket)) + "[";
  }

  @Override
  public CompletionStage<Void> forget(ActionKey key) {
    byte[] hash = hash(key.digest());
    return database.write(
        statements -> {
          PreparedStatement update =
              statements.of(
                  """
                  UPDATE results SET live = 0
                  WHERE action = (SELECT number FROM actions WHERE key = ?)\
                  """);
          update.setBytes(1, hash);
          update.executeUpdate();
        });
  }

  @Override
  public Optional<Action> action(ActionKey key) {
    byte[] hash = hash(key.digest());
    Optional<String> canonical =
        database.read(
            statements -> {
              PreparedStatement select =
                  statements.of("SELECT canonical FROM actions WHERE key = ?");
              select.setBytes(1, hash);
              try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
              }
            });
    return canonical.map(ActionCodec::parse);
  }

  @Override
  public Optional<Recorded> nearest(String subject) {
    Optional<Recorded> own = lastOf(subject);
    return own.isPresent() ? own : lastOf(step(subject));
  }

  private Optional<Recorded> lastOf(String name) {
    List<Recorded> found =
        database.read(
            statements -> {
              PreparedStatement select =
                  statements.of(
                      RECORDED
                          + """
                           JOIN subjects s ON s.action = a.number
                          WHERE s.name = ? ORDER BY r.number DESC LIMIT 1\
                          """);
              select.setString(1, name);
              return recorded(select);
            });
    return found.stream().findFirst();
  }

  @Override
  public List<ActionResult> history(ActionKey key) {
    byte[] hash = hash(key.digest());
    List<Recorded> found =
        database.read(
            statements -> {
              PreparedStatement select =
                  statements.of(
                      RECORDED + " WHERE a.key = ? AND r.live = 1 ORDER BY r.number DESC");
              select.setBytes(1, hash);
              return recorded(select);
            });
    return found.stream().map(Recorded::result).toList();
  }

  @Override
  public List<Recorded> producersOf(Digest artifact, int limit) {
    return database.read(
        statements -> {
          PreparedStatement select =
              statements.of(
                  RECORDED
                      + """
                       JOIN artifacts f ON f.action = a.number
                      WHERE f.artifact = ? ORDER BY r.number DESC\
                      """);
          select.setLong(1, artifact.word0());
          List<Recorded> found = new ArrayList<>();
          try (ResultSet row = select.executeQuery()) {
            while (found.size() < limit && row.next()) {
              Recorded recorded = recorded(row);
              // Half a hash was compared, and the action may have other results, without it.
              if (outputs(recorded.result()).contains(artifact)) {
                found.add(recorded);
              }
            }
          }
          return found;
        });
  }

  @Override
  public void forEach(Consumer<Recorded> visitor) {
    long before = Long.MAX_VALUE;
    while (before > 0) {
      before = visitPage(before, visitor);
    }
  }

  /** Returns the number of the oldest result visited, 0 at the end. */
  private long visitPage(long before, Consumer<Recorded> visitor) {
    long[] oldest = {0};
    List<Recorded> page =
        database.read(
            statements -> {
              PreparedStatement select =
                  statements.of(
                      RECORDED
                          + " WHERE r.live = 1 AND r.number < ? ORDER BY r.number DESC LIMIT ?");
              select.setLong(1, before);
              select.setInt(2, PAGE);
              List<Recorded> found = new ArrayList<>(PAGE);
              try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                  found.add(recorded(row));
                  oldest[0] = row.getLong(6);
                }
              }
              return found;
            });
    page.forEach(visitor);
    return oldest[0];
  }

  private static List<Recorded> recorded(PreparedStatement select) throws SQLException {
    List<Recorded> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(recorded(row));
      }
    }
    return found;
  }

  private static Recorded recorded(ResultSet row) throws SQLException {
    Action action = ActionCodec.parse(row.getString(2));
    return new Recorded(
        ActionCodec.key(action),
        row.getString(3),
        action,
        ResultCodec.parse(row.getString(4)),
        Instant.ofEpochMilli(row.getLong(5)));
  }

  static byte[] hash(Digest digest) {
    return ByteBuffer.allocate(32)
        .putLong(digest.word0())
        .putLong(digest.word1())
        .putLong(digest.word2())
        .putLong(digest.word3())
        .array();
  }
}
