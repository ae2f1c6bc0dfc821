package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.RandomActions;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every statement finds its rows by an index, and gets them in order without sorting, so that what
 * is asked of one run or task does not cost more with a hundred thousand others beside it.
 */
class SqliteIndexesTest {
  /** What was asked with, which is in no table. */
  private static final String CONSTANTS =
      "SCAN (\\d+ CONSTANT ROWS|CONSTANT ROW|\\d+-ROW VALUES CLAUSE|wanted|\\(subquery-\\d+\\))";

  /** What reads or sorts more than it gives, as the plan says it and in which statements. */
  private static final Map<String, String> ALLOWED =
      Map.of(
          // The number of all runs; the ids of all runs, for a piece of one.
          "SCAN runs USING COVERING INDEX sqlite_autoindex_runs_1",
          "(?s)SELECT count\\(\\*\\) FROM runs r|SELECT id FROM runs\nWHERE substr.*",
          // The newest runs: it ends at the limit.
          "SCAN r USING INDEX sqlite_autoindex_runs_1",
          "SELECT .* FROM runs r ORDER BY r.id DESC LIMIT \\?",
          // Numbers of the results that made one artifact.
          "USE TEMP B-TREE FOR ORDER BY",
          "SELECT k.number FROM artifacts f (?s:.*)",
          // The newest block: it ends at the limit.
          "SCAN recent_keys",
          "SELECT first, prefixes FROM recent_keys ORDER BY first DESC LIMIT 1",
          // It has one row.
          "SCAN settled",
          "SELECT number FROM settled");

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void everyStatementFindsItsRowsByAnIndex() throws IOException {
    Set<String> texts = new HashSet<>();
    List<String> findings = new ArrayList<>();
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      useJournal(new SqliteJournal(database));
      useCache(new SqliteActionCache(database, () -> now));
      StepDurations durations = new SqliteStepDurations(database);
      join(durations.record("p", Map.of("a", 1L)));
      durations.averageMillis("p");

      database.write(statements -> texts.addAll(statements.texts())).join();
      texts.addAll(database.read(Statements::texts));
      for (String text : new TreeSet<>(texts)) {
        findings.addAll(database.read(statements -> findings(statements, text)));
      }
    }
    assertTrue(texts.size() > 60, () -> texts.size() + " statements");
    assertEquals(List.of(), findings);
  }

  private static List<String> findings(Statements statements, String text) throws SQLException {
    List<String> findings = new ArrayList<>();
    if (!text.matches("(?s)(SELECT|INSERT|UPDATE|DELETE|WITH).*")) {
      return findings;
    }
    try (ResultSet row = statements.of("EXPLAIN QUERY PLAN " + text).executeQuery()) {
      while (row.next()) {
        String detail = row.getString(4);
        if (isSlow(detail, text)) {
          findings.add(detail + "\n    in " + text);
        }
      }
    }
    return findings;
  }

  private static boolean isSlow(String detail, String text) {
    boolean slow =
        (detail.startsWith("SCAN") && !detail.matches(CONSTANTS))
            || detail.contains("TEMP B-TREE")
            || detail.contains("AUTOMATIC");
    return slow && !text.matches(ALLOWED.getOrDefault(detail, "nothing"));
  }

  private static void join(CompletionStage<Void> stage) {
    stage.toCompletableFuture().join();
  }

  private static void useJournal(Journal journal) {
    RunRecord.Summary running = new RunRecord.Summary("running", "{}", null);
    Map<String, String> labels = Map.of("a", "1", "b", "2");
    RunRecord run = new RunRecord("r1", "p", "d", Instant.EPOCH, labels, running);
    join(journal.create(run, List.of("x")));
    join(journal.append("r1", journal.claim("r1", "me"), 2, List.of("y"), null));
    join(journal.append("r1", 2, 3, List.of("y"), running));
    join(
        journal.append(
            "r1", 2, 4, List.of(), new RunRecord.Summary("failed", "{}", Instant.EPOCH)));
    assertThrows(
        CompletionException.class, () -> join(journal.append("r1", 9, 4, List.of(), null)));
    journal.read("r1", 1, 9);
    journal.find("r1");
    journal.findUnfinished("d");
    journal.search("r", 9);
    for (String pipeline : new String[] {null, "p"}) {
      for (String status : new String[] {null, "failed"}) {
        for (String before : new String[] {null, "r2"}) {
          for (Map<String, String> asked :
              List.of(Map.<String, String>of(), Map.of("a", "1"), Map.of("a", "0"), labels)) {
            RunQuery query = new RunQuery(pipeline, status, asked, before, 9);
            journal.list(query);
            journal.count(query);
          }
        }
      }
    }
  }

  private void useCache(ActionCache cache) {
    RandomActions actions = new RandomActions(5);
    List<ActionKey> keys = new ArrayList<>();
    List<String> subjects = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Action action = actions.action();
      keys.add(ActionCodec.key(action));
      subjects.add("p/s[i=" + i + "]");
      var _ = cache.put(keys.get(i), action, subjects.get(i), actions.result());
    }
    join(cache.forget(keys.getFirst()));
    now = now.plus(Duration.ofDays(1));
    for (int count : new int[] {1, 9, 100}) {
      cache.lookup(keys.subList(0, count));
      cache.nearest(subjects.subList(0, count));
    }
    cache.nearest("p/s[i=new]");
    cache.action(keys.getFirst());
    cache.history(keys.getFirst());
    cache.producersOf(Digest.EMPTY, 9);
    cache.forEach(recorded -> {});
  }
}
