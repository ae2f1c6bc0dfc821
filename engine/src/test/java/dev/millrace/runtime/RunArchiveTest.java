package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.journal.SqliteDatabase;
import dev.millrace.journal.SqliteJournal;
import dev.millrace.journal.StateLock;
import dev.millrace.json.JsonObject;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunArchiveTest {
  private static final int RUNS = 1_234;

  /** Has not ended, and is far from the newest. */
  private static final int UNFINISHED = 17;

  @TempDir private Path directory;

  @Test
  void aCollectionLeavesTheDocumentsOfAllRunsHoweverMany() throws IOException {
    makeRuns();

    try (RunArchive archive = RunArchive.open(directory)) {
      RunArchive.Kept kept = archive.kept(2);

      Set<Artifact> expected = new HashSet<>();
      for (int i = 0; i < RUNS; i++) {
        expected.add(Artifact.file(document(i)));
      }
      for (int i : new int[] {RUNS - 1, RUNS - 2, UNFINISHED}) {
        expected.add(source(i));
      }
      assertEquals(expected, kept.artifacts());
      assertEquals(Set.of(key(RUNS - 1), key(RUNS - 2), key(UNFINISHED)), kept.keys());
    }
  }

  @Test
  void findsTheOldestOfManyByAPieceOfItsId() throws IOException {
    makeRuns();

    try (RunArchive archive = RunArchive.open(directory)) {
      assertEquals(List.of(id(0)), ids(archive.find("run0000")));
      assertEquals(List.of(id(0)), ids(archive.find(id(0))));
      assertEquals(List.of(id(RUNS - 1)), ids(archive.find("latest")));
      assertEquals(100, archive.find("run").size());
      assertEquals(List.of(), archive.find("run9"));
    }
  }

  private static List<String> ids(List<RunRecord> runs) {
    return runs.stream().map(RunRecord::id).toList();
  }

  private static String id(int run) {
    return "run%04d-x".formatted(run);
  }

  private static Digest document(int run) {
    return Digest.of("document " + run);
  }

  private static Artifact source(int run) {
    return Artifact.file(Digest.of("source " + run));
  }

  private static ActionKey key(int run) {
    return new ActionKey(Digest.of("action " + run));
  }

  private void makeRuns() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      Journal journal = new SqliteJournal(database);
      List<CompletableFuture<Void>> stages = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        Instant end = i == UNFINISHED ? null : Instant.EPOCH;
        Summary summary = new Summary(end == null ? "running" : "succeeded", "{}", end);
        RunRecord run = new RunRecord(id(i), "p", "d" + i, Instant.EPOCH, Map.of(), summary);
        stages.add(journal.create(run, facts(i)).toCompletableFuture());
      }
      stages.forEach(CompletableFuture::join);
    }
  }

  private static List<String> facts(int run) {
    Submission submission =
        new Submission(
            JsonObject.EMPTY, Map.of(), Map.of("file", source(run)), Map.of("n", "1"), false);
    RunEventCodec codec = new RunEventCodec();
    return List.of(
        codec.encode(1, new RunEvent.RunAccepted(submission.toJson(document(run)))),
        codec.encode(2, new RunEvent.TaskQueued(0, key(run), new Explanation.FirstTime())));
  }
}
