package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.RandomActions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full: a file system of some megabytes in memory. To mount one takes the
 * rights of root; elsewhere the tests are skipped, and only SQLite's own limit stands in for it, in
 * {@link SqliteJournalTest}.
 */
class SqliteFullDiskTest {
  private static final RunRecord RUN =
      new RunRecord(
          "r1", "p", "d", Instant.EPOCH, Map.of(), new RunRecord.Summary("running", "{}", null));

  /** More than the log has room for that is its own already. */
  private static final String FACT = "x".repeat(400_000);

  private static final int MOST_PROBES = 1_000;

  @TempDir private Path directory;
  private boolean mounted;

  @BeforeEach
  void mountSmallDisk() throws IOException, InterruptedException {
    String refusal = run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", directory.toString());
    mounted = refusal.isEmpty();
    assumeTrue(mounted, "cannot mount a small disk: " + refusal);
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (mounted) {
      assertEquals("", run("umount", directory.toString()));
    }
  }

  /** Returns what the command said, empty if it did its work. */
  private static String run(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : "failed: " + said.strip();
    } catch (IOException e) {
      return e.toString(); // there is no such command
    }
  }

  private static void join(CompletionStage<Void> stage) {
    stage.toCompletableFuture().join();
  }

  private static void assertFullDisk(CompletionStage<Void> stage) {
    CompletionException failure = assertThrows(CompletionException.class, () -> join(stage));
    assertInstanceOf(IOException.class, failure.getCause());
  }

  private Path fillDisk() throws IOException {
    Path ballast = directory.resolve("ballast");
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      return ballast; // as was wanted
    }
  }

  @Test
  void anAppendThatFoundNoRoomSucceedsWhenThereIsSome() throws IOException {
    List<String> expected = new ArrayList<>(List.of("first"));
    try (StateLock lock = StateLock.acquire(directory, "test")) {
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        Journal journal = new SqliteJournal(database);
        join(journal.create(RUN, List.of("first")));
        for (int again = 0; again < 3; again++) {
          Path ballast = fillDisk();
          long next = expected.size() + 1L;
          assertFullDisk(journal.append("r1", 1, next, List.of(FACT), null));
          assertFullDisk(journal.append("r1", 1, next, List.of(FACT), null));
          assertEquals(expected, texts(journal));

          Files.delete(ballast);
          join(journal.append("r1", 1, next, List.of(FACT), null));
          expected.add(FACT);
        }
        assertEquals(expected, texts(journal));
      }
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        assertEquals(expected, texts(new SqliteJournal(database)));
      }
    }
  }

  /**
   * Without the probe, nobody would learn that there is room again where nothing is written. The
   * room that the log has already still takes some.
   */
  @Test
  void aProbeFailsExactlyAsLongAsNothingCanBeWritten() throws IOException {
    List<Boolean> seen = Collections.synchronizedList(new ArrayList<>());
    CommitObserver observer = (changes, nanos, failure) -> seen.add(failure == null);
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock, observer)) {
      join(database.probe());
      Path ballast = fillDisk();
      while (!seen.contains(false)) {
        var _ = database.probe().exceptionally(failure -> null).join();
        assertTrue(seen.size() < MOST_PROBES, "nothing can be written, and all succeed");
      }
      seen.clear();
      assertFullDisk(database.probe());
      Files.delete(ballast);
      join(database.probe());
    }
    assertEquals(List.of(false, true), seen);
  }

  private static List<String> texts(Journal journal) {
    return journal.read("r1", 1, Integer.MAX_VALUE).stream().map(StoredFact::text).toList();
  }

  /** So that no run says of a step that it succeeded which the next one then runs again. */
  @Test
  void aResultThatFoundNoRoomIsRecordedBeforeWhatCameBehindIt() throws IOException {
    RandomActions actions = new RandomActions(7);
    Map<ActionKey, ActionResult> expected = new HashMap<>();
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      ActionCache cache = new SqliteActionCache(database, InstantSource.system());
      Journal journal = new SqliteJournal(database);
      join(journal.create(RUN, List.of("first")));
      Path ballast = fillDisk();
      List<CompletionStage<Void>> recorded = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Action action = actions.action();
        ActionKey key = ActionCodec.key(action);
        ActionResult result = actions.result();
        expected.put(key, result);
        recorded.add(cache.put(key, action, FACT, result));
      }
      for (int again = 0; again < 2; again++) {
        assertFullDisk(journal.append("r1", 1, 2, List.of(FACT), null));
        assertEquals(Map.of(), cache.lookup(expected.keySet()));
      }

      Files.delete(ballast);
      join(journal.append("r1", 1, 2, List.of(FACT), null));
      assertEquals(expected, cache.lookup(expected.keySet()));
      recorded.forEach(SqliteFullDiskTest::join);
    }
  }

  @Test
  void aResultThatFindsNoRoomIsGivenUpInTheEnd() throws IOException {
    RandomActions actions = new RandomActions(7);
    CompletionStage<Void> recorded;
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      ActionCache cache = new SqliteActionCache(database, InstantSource.system());
      Path ballast = fillDisk();
      Action action = actions.action();
      String subject = FACT;
      recorded = cache.put(ActionCodec.key(action), action, subject, actions.result());
      assertFullDisk(database.probe());
      assertFalse(recorded.toCompletableFuture().isDone());
      assertTrue(Files.exists(ballast));
    }
    assertFullDisk(recorded);
  }

  @Test
  void aResultIsRecordedByItselfWhenThereIsRoom() throws IOException {
    RandomActions actions = new RandomActions(7);
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      ActionCache cache = new SqliteActionCache(database, InstantSource.system());
      Path ballast = fillDisk();
      Action action = actions.action();
      ActionKey key = ActionCodec.key(action);
      ActionResult result = actions.result();
      CompletionStage<Void> recorded = cache.put(key, action, FACT, result);
      assertFullDisk(database.probe());
      Files.delete(ballast);
      join(recorded);
      assertEquals(Map.of(key, result), cache.lookup(List.of(key)));
    }
  }
}
